package containerd

import (
	"net/http/httptest"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/stretchr/testify/require"
)

func TestOperationsAreCounted(t *testing.T) {
	_, r := startFake(t, Options{})
	_, err := r.Pods(t.Context())
	require.NoError(t, err)
	_, err = r.Image(t.Context(), "missing:1")
	require.Error(t, err)
	_, err = r.status(t.Context(), "gone")
	require.Error(t, err)
	registry := prometheus.NewRegistry()
	for _, c := range r.Collectors() {
		require.NoError(t, registry.Register(c))
	}
	_, err = r.look(t.Context(), nil, nil)
	require.NoError(t, err)
	answer := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	for _, line := range []string{
		`kubelet_runtime_operations_total{operation_type="list_containers"} 2`, `kubelet_runtime_operations_total{operation_type="list_podsandbox"} 2`,
		`kubelet_runtime_operations_total{operation_type="image_status"} 1`, `kubelet_runtime_operations_errors_total{operation_type="container_status"} 1`,
		`kubelet_runtime_operations_duration_seconds_count{operation_type="container_status"} 1`, `kubelet_pleg_relist_duration_seconds_count 1`,
	} {
		require.Contains(t, answer.Body.String(), line+"\n")
	}
	require.Equal(t, "remove_image", operationName("/runtime.v1.ImageService/RemoveImage"))
	require.Equal(t, "run_podsandbox", operationName("/runtime.v1.RuntimeService/RunPodSandbox"))
}
