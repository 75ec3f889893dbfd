package containerd

import (
	"context"
	"fmt"

	nodev1 "github.com/kubenucleus/nucleus/apimachinery/api/node/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// RuntimeClasses returns a function for Options.Handler that reads RuntimeClasses.
func RuntimeClasses(c client.Client) func(ctx context.Context, class string) (string, error) {
	return func(ctx context.Context, class string) (string, error) {
		object, err := client.Of[nodev1.RuntimeClass](c).Get(ctx, class)
		if meta.IsNotFound(err) {
			return "", fmt.Errorf("RuntimeClass %q not found", class)
		}
		if err != nil {
			return "", err
		}
		return object.Handler, nil
	}
}
