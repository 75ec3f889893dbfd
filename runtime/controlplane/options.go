package controlplane

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"strconv"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/apimachinery/api"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/runtime/registry"
	"github.com/kubenucleus/nucleus/runtime/server"
	"github.com/kubenucleus/nucleus/storage"
)

// Options tunes a [ControlPlane]. The zero value serves every group of
// Kubernetes on 127.0.0.1:6443, keeps everything in memory, and admits only
// the holder of the kubeconfig that [ControlPlane.Kubeconfig] returns.
type Options struct {
	// Groups are the API groups to serve; nil is api.Groups().
	Groups []scheme.Group
	// DataDir is where objects, certificates and the kubeconfig are kept. ""
	// keeps them in memory.
	DataDir string
	// Store holds the objects; nil is an embedded store in DataDir. One that is
	// given is not closed by the ControlPlane.
	Store storage.Store
	// Storage is how they are kept there.
	Storage StorageOptions

	// BindAddress and Port are what to listen on: "" is 127.0.0.1, 0 is 6443.
	BindAddress string
	Port        int
	// Listener, if not nil, is used in place of BindAddress and Port.
	Listener net.Listener
	// Hosts are further names and addresses that the serving certificate is for.
	Hosts []string
	// KubeconfigPath is where the administrator's kubeconfig is written once the
	// server listens; "" is "kubeconfig" in DataDir, or nowhere without one.
	KubeconfigPath string

	// TokenAuthFile names a CSV file of bearer tokens: token, user, uid, groups.
	TokenAuthFile string
	// ClientCAFile names a PEM file of further authorities for client certificates.
	ClientCAFile string
	// Authentication is the rest of how users prove who they are.
	Authentication AuthenticationOptions
	// AuthorizationModes say who decides what users may do, in order: "Node" what
	// kubelets may, "RBAC" by roles and bindings, "AlwaysAllow" everything,
	// "AlwaysDeny" nothing. nil is Node and RBAC, as far as Groups have what they
	// need. The group system:masters may do everything in any case.
	AuthorizationModes []string
	// ServiceCIDR is where Services get their addresses from; the zero value is 10.0.0.0/24.
	ServiceCIDR netip.Prefix
	// SecondaryServiceCIDR is a range of the other family; the zero value is none.
	SecondaryServiceCIDR netip.Prefix
	// NodePorts are the ports that Services get on nodes; the zero value is 30000 to 32767.
	NodePorts registry.PortRange
	// AdvertiseAddress is where the rest of the cluster reaches this server; the zero
	// value is the address that is bound.
	AdvertiseAddress netip.Addr

	// Components are the parts beside this one whose health componentstatuses tells.
	// nil: a scheduler and controllers on this machine, at their usual ports.
	Components []server.Component
	// Admission makes the chain that changes and checks writes to the registry,
	// whose Reader plug-ins look at other objects with. nil is [DefaultAdmission].
	Admission func(r *registry.Registry) admission.Chain
	// NodeConnector reaches kubelets, for logs, exec and the like; nil is
	// [ControlPlane.Kubelets]. One for kubelets in the same process passes on to that
	// what it does not know.
	NodeConnector server.NodeConnector
	// KubeletCAFile names a PEM file of authorities that vouch for the certificates of
	// kubelets; "" takes any certificate, since most kubelets sign their own.
	KubeletCAFile string
	// KubeletCertFile and KubeletKeyFile name the PEM files of the client certificate
	// by which kubelets know this server, and its key. They are read for each
	// connection. "" is one that the control plane's own authority signs.
	KubeletCertFile, KubeletKeyFile string
	// OpenAPI answers /openapi/v2 and /openapi/v3; nil is made of Groups.
	OpenAPI http.Handler

	Logger *slog.Logger // nil: slog.Default()
}

func (o Options) complete() (Options, error) {
	var errs []error
	if o.Groups == nil {
		o.Groups = api.Groups()
	}
	if o.BindAddress == "" {
		o.BindAddress = "127.0.0.1"
	}
	if net.ParseIP(o.BindAddress) == nil {
		errs = append(errs, fmt.Errorf("bind address %q is not an IP address", o.BindAddress))
	}
	if o.Port == 0 {
		o.Port = 6443
	}
	if o.Port < 0 || o.Port > 65535 {
		errs = append(errs, fmt.Errorf("port %d is out of range", o.Port))
	}
	if !o.ServiceCIDR.IsValid() {
		o.ServiceCIDR = netip.MustParsePrefix("10.0.0.0/24")
	}
	if o.KubeconfigPath == "" && o.DataDir != "" {
		o.KubeconfigPath = filepath.Join(o.DataDir, "kubeconfig")
	}
	o.Storage = o.Storage.complete()
	if o.Admission == nil {
		o.Admission = DefaultAdmission
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o, errors.Join(errs...)
}

// address is what is listened on, as host:port.
func (o *Options) address() string {
	if o.Listener != nil {
		return o.Listener.Addr().String()
	}
	return net.JoinHostPort(o.BindAddress, strconv.Itoa(o.Port))
}

// hosts are what the serving certificate is for: the names that Pods and
// people use, and where we listen.
func (o *Options) hosts() []string {
	hosts := []string{"kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", o.ServiceCIDR.Masked().Addr().Next().String()}
	if ip := net.ParseIP(o.BindAddress); !ip.IsUnspecified() {
		hosts = append(hosts, o.BindAddress)
	}
	if o.AdvertiseAddress.IsValid() {
		hosts = append(hosts, o.AdvertiseAddress.String())
	}
	return append(hosts, o.Hosts...)
}
