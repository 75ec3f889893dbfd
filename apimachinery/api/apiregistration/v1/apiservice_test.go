package apiregistrationv1

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLocalServicesAreAvailable(t *testing.T) {
	local := &APIService{Spec: APIServiceSpec{Group: "g", Version: "v1"}}
	announceLocal(local)
	require.Equal(t, "True", available(local))
	remote := &APIService{Spec: APIServiceSpec{Group: "g", Version: "v1", Service: &ServiceReference{Namespace: "n", Name: "s"}}}
	announceLocal(remote)
	require.Equal(t, "Unknown", available(remote))
}
