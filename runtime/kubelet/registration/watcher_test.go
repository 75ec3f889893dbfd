package registration_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	protocol "k8s.io/kubelet/pkg/apis/pluginregistration/v1"

	"github.com/kubenucleus/nucleus/runtime/kubelet/registration"
)

// plugin is a plug-in that passes on what it is told.
type plugin struct {
	protocol.UnimplementedRegistrationServer
	info *protocol.PluginInfo
	told chan *protocol.RegistrationStatus
}

func (p *plugin) GetInfo(context.Context, *protocol.InfoRequest) (*protocol.PluginInfo, error) {
	return p.info, nil
}

func (p *plugin) NotifyRegistrationStatus(_ context.Context, s *protocol.RegistrationStatus) (*protocol.RegistrationStatusResponse, error) {
	p.told <- s
	return &protocol.RegistrationStatusResponse{}, nil
}

// handler refuses the first try.
type handler struct {
	tries        int
	registered   chan registration.Plugin
	deregistered chan string
}

func (h *handler) Register(_ context.Context, p registration.Plugin) error {
	if h.tries++; h.tries == 1 {
		return errors.New("come back later")
	}
	h.registered <- p
	return nil
}

func (h *handler) Deregister(_ context.Context, name string) { h.deregistered <- name }

func TestWatcher(t *testing.T) {
	dir, err := os.MkdirTemp("", "reg") // socket paths have to be short
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	h := &handler{registered: make(chan registration.Plugin, 1), deregistered: make(chan string, 1)}
	w := registration.New(dir, map[string]registration.Handler{registration.CSI: h}, registration.Options{Interval: 10 * time.Millisecond, Logger: slog.New(slog.DiscardHandler)})
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := w.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	var ends []func()
	t.Cleanup(func() {
		stop()
		for _, end := range ends {
			end()
		}
		running.Wait()
	})
	serve := func(path string, info *protocol.PluginInfo) (*plugin, func()) {
		p := &plugin{info: info, told: make(chan *protocol.RegistrationStatus, 100)}
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
		l, err := net.Listen("unix", path)
		require.NoError(t, err)
		s := grpc.NewServer()
		protocol.RegisterRegistrationServer(s, p)
		running.Go(func() { _ = s.Serve(l) })
		end := sync.OnceFunc(s.Stop)
		ends = append(ends, end)
		return p, end
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "no-socket"), nil, 0o600))
	serve(filepath.Join(dir, ".hidden.sock"), &protocol.PluginInfo{Type: registration.CSI, Name: "hidden"})
	other, _ := serve(filepath.Join(dir, "gpu.sock"), &protocol.PluginInfo{Type: registration.Device, Name: "gpu"})
	s := <-other.told
	require.False(t, s.PluginRegistered)
	require.Contains(t, s.Error, "no handler registered for plugin type: DevicePlugin")

	path := filepath.Join(dir, "below", "disk.sock")
	disk, end := serve(path, &protocol.PluginInfo{Type: registration.CSI, Name: "disk", SupportedVersions: []string{"1.0.0"}})
	s = <-disk.told
	require.Equal(t, "come back later", s.Error)
	require.Equal(t, registration.Plugin{Type: registration.CSI, Name: "disk", Endpoint: path, Versions: []string{"1.0.0"}}, <-h.registered, "it is tried again, and serves on the same socket")
	require.True(t, (<-disk.told).PluginRegistered)
	end()
	require.Equal(t, "disk", <-h.deregistered)
}
