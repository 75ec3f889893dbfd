package etcd

import (
	"fmt"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	networkingv1 "github.com/kubenucleus/nucleus/apimachinery/api/networking/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// TestServersShareAddresses has two servers on one cluster make Services at the
// same time until there are no ports any more: none is given out twice, nor is an
// address. What is removed by hand comes back, and what Services had is free when
// they are gone, through whichever server. Meanwhile one server is killed, and the
// endpoints of the API follow.
func TestServersShareAddresses(t *testing.T) {
	c := newCluster(t, t.TempDir(), 1)
	flags := func(address string) []string {
		return []string{"--advertise-address=" + address, "--service-node-port-range=30000-30059"}
	}
	_, clients := startServerWith(t, c.endpoints(), flags("192.0.2.1"))
	b, others := startServerWith(t, c.endpoints(), flags("192.0.2.2"))
	clients = append(clients, others...)

	var mu sync.Mutex
	ports, addresses := map[int32]string{}, map[string]string{}
	refused := 0
	var workers sync.WaitGroup
	for w, cl := range clients {
		workers.Go(func() {
			services := client.Of[corev1.Service](cl).In("default")
			for i := range 18 { // 72 for 60 ports
				s := &corev1.Service{ObjectMeta: meta.ObjectMeta{Name: fmt.Sprintf("s-%d-%d", w, i)}}
				s.Spec.Type = corev1.ServiceTypeNodePort
				s.Spec.Ports = []corev1.ServicePort{{Port: 80}}
				err := services.Create(t.Context(), s)
				mu.Lock()
				if err != nil {
					if refused++; !strings.Contains(err.Error(), "range is full") {
						t.Errorf("%s: %v", s.Name, err)
					}
				} else {
					port, address := s.Spec.Ports[0].NodePort, s.Spec.ClusterIP
					if other := ports[port]; other != "" {
						t.Errorf("port %d was given to %s and %s", port, other, s.Name)
					}
					if other := addresses[address]; other != "" {
						t.Errorf("address %s was given to %s and %s", address, other, s.Name)
					}
					ports[port], addresses[address] = s.Name, s.Name
				}
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	require.Len(t, ports, 60, "every port of the range was given out")
	require.Equal(t, 12, refused)

	// The endpoints are those of both servers, and of one when the other is killed:
	// its lease ends after 15 seconds, and what follows from that is seen every ten.
	endpoints := func() (ips []string) {
		e, err := client.Of[corev1.Endpoints](clients[0]).In("default").Get(t.Context(), "kubernetes")
		require.NoError(t, err)
		for _, s := range e.Subsets {
			for _, a := range s.Addresses {
				ips = append(ips, a.IP)
			}
		}
		return ips
	}
	await := func(what string, holds func() bool) {
		t.Helper()
		require.Eventually(t, holds, time.Minute, 50*time.Millisecond, what)
	}
	await("both servers are endpoints", func() bool { return len(endpoints()) == 2 })
	require.NoError(t, b.End(syscall.SIGKILL))

	stored := func() map[string]bool {
		list, err := client.Of[networkingv1.IPAddress](clients[0]).List(t.Context())
		require.NoError(t, err)
		names := map[string]bool{}
		for _, a := range list.Items {
			names[a.Name] = true
		}
		return names
	}
	var removed string
	for removed = range addresses {
		break
	}
	require.NoError(t, client.Of[networkingv1.IPAddress](clients[0]).Delete(t.Context(), removed))
	await("the address that was removed by hand is back", func() bool { return stored()[removed] })
	await("the killed server is no endpoint", func() bool { ips := endpoints(); return len(ips) == 1 && ips[0] == "192.0.2.1" })
	require.NoError(t, b.Start(t.Context()))
	await("it is again", func() bool { return len(endpoints()) == 2 })

	i := 0
	for _, name := range ports {
		i++
		require.NoError(t, client.Of[corev1.Service](clients[i%len(clients)]).In("default").Delete(t.Context(), name))
	}
	for address := range stored() {
		require.NotContains(t, addresses, address, "its Service is gone")
	}
	again := &corev1.Service{ObjectMeta: meta.ObjectMeta{Name: "again"}}
	again.Spec.Type, again.Spec.Ports = corev1.ServiceTypeNodePort, []corev1.ServicePort{{Port: 80, NodePort: 30007}}
	require.NoError(t, client.Of[corev1.Service](clients[0]).In("default").Create(t.Context(), again))
}
