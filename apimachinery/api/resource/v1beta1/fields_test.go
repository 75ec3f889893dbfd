package resourcev1beta1

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFieldsOfThisVersion(t *testing.T) {
	require.Equal(t, "spec.devices.requests[10].allocationMode", requestField("spec.devices.requests[10].exactly.allocationMode"))
	require.Equal(t, "spec.devices.requests[0].firstAvailable[1].count", requestField("spec.devices.requests[0].firstAvailable[1].count"))
	require.Equal(t, "spec.devices[3].basic.taints[0].effect", deviceField("spec.devices[3].taints[0].effect"))
	require.Equal(t, "spec.devices[3]", deviceField("spec.devices[3]"))
}
