package registry

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// structural checks what the tags of the type say.
func structural(r *scheme.Resource, obj meta.Object) validate.Errors { return nil }
