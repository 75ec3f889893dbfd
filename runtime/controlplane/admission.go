package controlplane

import (
	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/defaulttolerationseconds"
	"github.com/kubenucleus/nucleus/admission/limitranger"
	"github.com/kubenucleus/nucleus/admission/namespacelifecycle"
	"github.com/kubenucleus/nucleus/admission/podtopologylabels"
	"github.com/kubenucleus/nucleus/admission/priority"
	"github.com/kubenucleus/nucleus/admission/serviceaccount"
)

// DefaultAdmission returns the plug-ins that Kubernetes has on by default, as
// far as Nucleus has them, in Kubernetes' order.
func DefaultAdmission(objects admission.Reader) admission.Chain {
	return admission.Chain{
		namespacelifecycle.New(objects),
		limitranger.New(objects),
		serviceaccount.New(objects),
		defaulttolerationseconds.New(defaulttolerationseconds.Options{}),
		podtopologylabels.New(objects),
		priority.New(objects),
	}
}
