package device

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	deviceprotocol "k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1"
	protocol "k8s.io/kubelet/pkg/apis/podresources/v1"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/kubelet/registration"
)

func TestAgentsAreToldOfDevices(t *testing.T) {
	m, _ := startManager(t, Options{RootDir: t.TempDir()})
	require.Error(t, register(t, m, "none.sock", gpu, nil), "the manager runs")
	p := startPlugin(t, filepath.Join(m.dir, "p.sock"), &deviceprotocol.DevicePluginOptions{})
	p.lists <- append(devices(deviceprotocol.Healthy, "g1", "g2"), devices(deviceprotocol.Unhealthy, "g3")...)
	require.NoError(t, register(t, m, "p.sock", gpu, p.options))
	until(t, m, 3, 2)
	pod, ended := podWith("one", []int64{1}, 2, 0), podWith("ended", nil, 0)
	ended.Status.Phase = corev1.PodFailed
	require.NoError(t, m.Allocate(t.Context(), pod))

	resources := NewPodResources(m, func() []*corev1.Pod { return []*corev1.Pod{pod, ended} })
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- resources.Run(ctx) }()
	conn, err := registration.Dial(resources.socket())
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	client := protocol.NewPodResourcesListerClient(conn)
	list, err := client.List(t.Context(), &protocol.ListPodResourcesRequest{}, grpc.WaitForReady(true))
	require.NoError(t, err)
	require.Len(t, list.PodResources, 1)
	require.Len(t, list.PodResources[0].Containers, 2)
	require.Equal(t, []string{"g1", "g2"}, list.PodResources[0].Containers[0].Devices[0].DeviceIds)
	require.Empty(t, list.PodResources[0].Containers[1].Devices)
	one, err := client.Get(t.Context(), &protocol.GetPodResourcesRequest{PodName: "one", PodNamespace: "default"})
	require.NoError(t, err)
	require.Equal(t, gpu, one.PodResources.Containers[0].Devices[0].ResourceName)
	_, err = client.Get(t.Context(), &protocol.GetPodResourcesRequest{PodName: "none", PodNamespace: "default"})
	require.Equal(t, codes.NotFound, status.Code(err))
	all, err := client.GetAllocatableResources(t.Context(), &protocol.AllocatableResourcesRequest{})
	require.NoError(t, err)
	require.Equal(t, []string{"g1", "g2"}, all.Devices[0].DeviceIds)
	cancel()
	require.NoError(t, <-done)
}
