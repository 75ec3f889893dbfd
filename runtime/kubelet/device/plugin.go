package device

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc"
	protocol "k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/kubelet/registration"
)

// plugin speaks for the devices of a resource.
type plugin struct {
	resource corev1.ResourceName
	conn     *grpc.ClientConn
	client   protocol.DevicePluginClient
	options  *protocol.DevicePluginOptions
	stop     context.CancelFunc
}

// registrar is what plug-ins call.
type registrar struct {
	protocol.UnimplementedRegistrationServer
	manager *Manager
}

// Register takes a plug-in that has registered itself.
func (r *registrar) Register(ctx context.Context, request *protocol.RegisterRequest) (*protocol.Empty, error) {
	m := r.manager
	switch {
	case !slices.Contains(protocol.SupportedVersions[:], request.Version):
		return nil, fmt.Errorf("requested API version %q is not supported by kubelet. Supported version is %v", request.Version, protocol.SupportedVersions)
	case request.Endpoint == "" || filepath.Base(request.Endpoint) != request.Endpoint || strings.HasPrefix(request.Endpoint, "."):
		return nil, fmt.Errorf("endpoint %q is not the name of a socket in %s", request.Endpoint, m.dir)
	}
	return &protocol.Empty{}, m.add(ctx, request.ResourceName, filepath.Join(m.dir, request.Endpoint), request.Options)
}

// Register implements [registration.Handler], for plug-ins that were found.
func (m *Manager) Register(ctx context.Context, p registration.Plugin) error {
	if !slices.ContainsFunc(p.Versions, func(v string) bool { return slices.Contains(protocol.SupportedVersions[:], v) }) {
		return fmt.Errorf("versions %v are not supported. Supported version is %v", p.Versions, protocol.SupportedVersions)
	}
	return m.add(ctx, p.Name, p.Endpoint, nil)
}

// Deregister implements [registration.Handler].
func (m *Manager) Deregister(_ context.Context, name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p := m.plugins[corev1.ResourceName(name)]; p != nil {
		p.stop()
	}
}

// add begins to follow a plug-in. One that has spoken for the resource so far is
// followed no more.
func (m *Manager) add(ctx context.Context, name, socket string, options *protocol.DevicePluginOptions) error {
	resource := corev1.ResourceName(name)
	if !corev1.IsExtendedResource(resource) {
		return fmt.Errorf("the ResourceName %q is invalid", name)
	}
	conn, err := registration.Dial(socket)
	if err != nil {
		return fmt.Errorf("device plug-in %s: %w", name, err)
	}
	p := &plugin{resource: resource, conn: conn, client: protocol.NewDevicePluginClient(conn), options: options}
	if options == nil {
		ctx, cancel := context.WithTimeout(ctx, m.opts.Timeout)
		p.options, err = p.client.GetDevicePluginOptions(ctx, &protocol.Empty{})
		cancel()
		if err != nil {
			_ = conn.Close()
			return fmt.Errorf("device plug-in %s: options: %w", name, err)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.running == nil {
		_ = conn.Close()
		return errors.New("the kubelet is not ready for device plug-ins")
	}
	if before := m.plugins[resource]; before != nil {
		before.stop()
	}
	running, stop := context.WithCancel(m.running)
	p.stop = stop
	m.plugins[resource] = p
	m.workers.Go(func() { m.follow(running, p) })
	m.log.InfoContext(ctx, "device plug-in registered", "resource", resource, "socket", socket)
	return nil
}

// follow takes notice of a plug-in's devices until it ends, or is replaced.
func (m *Manager) follow(ctx context.Context, p *plugin) {
	err := m.listAndWatch(ctx, p)
	p.stop()
	_ = p.conn.Close()
	m.mu.Lock()
	replaced := m.plugins[p.resource] != p
	if !replaced {
		delete(m.plugins, p.resource)
		r := m.resourceOf(p.resource)
		r.stopped = time.Now()
		for id := range r.healthy {
			r.healthy[id] = false
		}
		if running := m.running; running != nil {
			m.workers.Go(func() { m.retire(running) })
		}
	}
	m.mu.Unlock()
	if !replaced && ctx.Err() == nil {
		m.log.WarnContext(ctx, "device plug-in ended", "resource", p.resource, "error", err)
	}
	m.tell()
}

// retire tells when the Node is to name a resource no more.
func (m *Manager) retire(ctx context.Context) {
	timer := time.NewTimer(m.opts.Patience)
	defer timer.Stop()
	select {
	case <-timer.C:
		m.tell()
	case <-ctx.Done():
	}
}

func (m *Manager) listAndWatch(ctx context.Context, p *plugin) error {
	stream, err := p.client.ListAndWatch(ctx, &protocol.Empty{})
	if err != nil {
		return err
	}
	for {
		list, err := stream.Recv()
		if err != nil {
			return err
		}
		healthy := make(map[string]bool, len(list.Devices))
		for _, d := range list.Devices {
			if d.GetID() != "" {
				healthy[d.ID] = d.Health == protocol.Healthy
			}
		}
		m.mu.Lock()
		if m.plugins[p.resource] == p {
			r := m.resourceOf(p.resource)
			r.healthy, r.stopped = healthy, time.Time{}
		}
		m.mu.Unlock()
		m.tell()
	}
}

// resourceOf returns what is known of a resource. The caller holds m.mu.
func (m *Manager) resourceOf(name corev1.ResourceName) *resource {
	r := m.resources[name]
	if r == nil {
		r = &resource{healthy: map[string]bool{}}
		m.resources[name] = r
	}
	return r
}
