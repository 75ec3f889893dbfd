package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/examples/internal/pages"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers"
	"github.com/kubenucleus/nucleus/runtime/controlplane"
	"github.com/kubenucleus/nucleus/runtime/controlplane/storageflags"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/hollow"
	"github.com/kubenucleus/nucleus/runtime/scheduler"
	"github.com/kubenucleus/nucleus/runtime/server"
)

// cluster is everything that runs.
type cluster struct {
	flags    flags
	settings settings
	control  *controlplane.ControlPlane
	log      *slog.Logger
	out      io.Writer
	fleet    *hollow.Fleet // nil: no hollow nodes
	node     *node         // nil: this machine is none
	storage  *storageflags.Storage
}

func newCluster(ctx context.Context, f flags, log *slog.Logger, out io.Writer) (*cluster, error) {
	s, err := f.read()
	if err != nil {
		return nil, err
	}
	if f.kubeconfig == "" {
		f.kubeconfig = filepath.Join(f.dataDir, "kubeconfig")
	}
	c := &cluster{flags: f, settings: s, log: log, out: out}
	options := controlplane.Options{
		DataDir: f.dataDir, BindAddress: f.bindAddress, Port: f.securePort,
		KubeconfigPath: f.kubeconfig, TokenAuthFile: f.tokenAuthFile, ClientCAFile: f.clientCAFile,
		NodeConnector: c, Logger: log, Components: inside(f.scheduler, len(s.controllers) > 0),
	}
	if err := errors.Join(f.services.Apply(&options), f.auth.Apply(&options), f.kubelets.Apply(&options)); err != nil {
		return nil, err
	}
	if c.storage, err = f.storage.Open(ctx, &options); err != nil {
		return nil, err
	}
	if c.control, err = controlplane.New(ctx, options); err != nil {
		return nil, errors.Join(err, c.storage.Close())
	}
	if s.hollowNodes > 0 {
		c.fleet, err = hollow.NewFleet(nil, hollow.FleetOptions{Count: s.hollowNodes, ClientFor: c.asNode, Kubelet: kubelet.Options{Logger: log}})
		if err != nil {
			return nil, errors.Join(err, c.control.Close(), c.storage.Close())
		}
	}
	if s.containers {
		if c.node, err = newNode(&c.flags, &c.settings, c.asNode, c.control.CA(), log); err != nil {
			return nil, errors.Join(err, c.control.Close(), c.storage.Close())
		}
	}
	return c, nil
}

// inside are the parts of this process that are as well as the process is. nil
// if there are none: then others may run beside it.
func inside(scheduler, controllers bool) []server.Component {
	var parts []server.Component
	well := func(context.Context) (string, error) { return "ok", nil }
	if scheduler {
		parts = append(parts, server.Component{Name: "scheduler", Check: well})
	}
	if controllers {
		parts = append(parts, server.Component{Name: "controller-manager", Check: well})
	}
	return parts
}

// as returns a client in the name of one of the parts, which may do what its roles
// say.
func (c *cluster) as(part string) client.Client {
	return c.control.ClientFor(&auth.User{Name: "system:" + part, Groups: []string{auth.GroupAuthenticated}}, part)
}

// asController returns a client in the name of the account of a controller.
func (c *cluster) asController(account string) client.Client {
	groups := append(auth.ServiceAccountGroups(meta.NamespaceSystem), auth.GroupAuthenticated)
	return c.control.ClientFor(&auth.User{Name: auth.ServiceAccountUser(meta.NamespaceSystem, account), Groups: groups}, controllerManager)
}

// asNode returns a client in the name of a node.
func (c *cluster) asNode(name string) client.Client {
	return c.control.ClientFor(&auth.User{Name: auth.NodeUser(name), Groups: []string{auth.GroupNodes, auth.GroupAuthenticated}}, "kubelet")
}

const controllerManager = "kube-controller-manager"

// Connect lets the API server reach the kubelets in this process, and those that
// have joined over the network.
func (c *cluster) Connect(ctx context.Context, node *corev1.Node) (*url.URL, http.RoundTripper, error) {
	if c.node != nil {
		if base, transport, err := c.node.kubelet.Connect(ctx, node); err == nil {
			return base, transport, nil
		}
	}
	if c.fleet != nil {
		if base, transport, err := c.fleet.Connect(ctx, node); err == nil {
			return base, transport, nil
		}
	}
	return c.control.Kubelets().Connect(ctx, node)
}

// run starts the parts in order, and stops them in the opposite one.
func (c *cluster) run(ctx context.Context) error {
	group := controller.Group{Logger: c.log}
	group.Add("memory", boundGarbage)
	group.Add("storage", c.storage.Run)
	group.AddReady("control plane", c.control.Run, func(ctx context.Context) error {
		if err := c.control.WaitReady(ctx); err != nil {
			return err
		}
		pages.Release() // see memory.go
		return c.announce(ctx)
	})
	c.addParts(&group)
	err := group.Run(ctx)
	if c.node != nil {
		err = errors.Join(err, c.node.close())
	}
	return errors.Join(err, c.storage.Close())
}

// announce says how to reach the cluster.
func (c *cluster) announce(ctx context.Context) error {
	address, err := c.control.Address(ctx)
	if err != nil {
		return err
	}
	path, err := filepath.Abs(c.flags.kubeconfig)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "Nucleus is ready at %s\nReach it with: export KUBECONFIG=%s\n", address, path)
	return err
}

// addParts adds what runs beside the API server. Controllers and scheduler share one
// set of caches, which are the server's own; each of them writes in its own name.
func (c *cluster) addParts(group *controller.Group) {
	manager := c.as(controllerManager)
	caches := client.NewCaches(manager, c.log)
	group.Add("caches", caches.Run)
	if slices.Contains(c.settings.controllers, "certificatesigningrequest-approving-controller") {
		group.Add("joining", func(ctx context.Context) error {
			return letNodesJoin(ctx, c.control.Client(&auth.User{Name: "system:apiserver", Groups: []string{auth.GroupMasters}}))
		})
	}
	if len(c.settings.controllers) > 0 {
		opts := controllers.Options{
			Caches: caches, ClientFor: c.asController, Logger: c.log, RootCA: c.control.CA(), Authority: c.control.Authority(), IssueToken: c.control.SecretToken,
		}
		if c.fleet == nil { // hollow nodes have ranges of their own, and may be more than there are
			opts.ClusterCIDRs = []netip.Prefix{c.settings.clusterCIDR}
		}
		group.Add("controllers", func(ctx context.Context) error {
			return controllers.Run(ctx, manager, c.settings.controllers, opts)
		})
	}
	if c.flags.scheduler {
		s := scheduler.New(c.as("kube-scheduler"), scheduler.Options{Caches: caches, Logger: c.log})
		group.Add("scheduler", s.Run)
	}
	if c.fleet != nil {
		group.Add("nodes", c.fleet.Run)
	}
	if c.node != nil {
		c.node.addTo(group)
	}
}
