package controllers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/kubenucleus/nucleus/auth/pki"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/attachdetach"
	"github.com/kubenucleus/nucleus/runtime/controllers/bootstraptoken"
	"github.com/kubenucleus/nucleus/runtime/controllers/certificates"
	"github.com/kubenucleus/nucleus/runtime/controllers/clusterroleaggregation"
	"github.com/kubenucleus/nucleus/runtime/controllers/cronjob"
	"github.com/kubenucleus/nucleus/runtime/controllers/daemonset"
	"github.com/kubenucleus/nucleus/runtime/controllers/deployment"
	"github.com/kubenucleus/nucleus/runtime/controllers/disruption"
	"github.com/kubenucleus/nucleus/runtime/controllers/endpoints"
	"github.com/kubenucleus/nucleus/runtime/controllers/endpointslice"
	"github.com/kubenucleus/nucleus/runtime/controllers/ephemeralvolume"
	"github.com/kubenucleus/nucleus/runtime/controllers/garbagecollector"
	"github.com/kubenucleus/nucleus/runtime/controllers/job"
	"github.com/kubenucleus/nucleus/runtime/controllers/namespace"
	"github.com/kubenucleus/nucleus/runtime/controllers/nodeipam"
	"github.com/kubenucleus/nucleus/runtime/controllers/nodelifecycle"
	"github.com/kubenucleus/nucleus/runtime/controllers/persistentvolume"
	"github.com/kubenucleus/nucleus/runtime/controllers/podgc"
	"github.com/kubenucleus/nucleus/runtime/controllers/replicaset"
	"github.com/kubenucleus/nucleus/runtime/controllers/resourcequota"
	"github.com/kubenucleus/nucleus/runtime/controllers/rootca"
	"github.com/kubenucleus/nucleus/runtime/controllers/serviceaccount"
	"github.com/kubenucleus/nucleus/runtime/controllers/serviceaccounttoken"
	"github.com/kubenucleus/nucleus/runtime/controllers/servicecidr"
	"github.com/kubenucleus/nucleus/runtime/controllers/statefulset"
	"github.com/kubenucleus/nucleus/runtime/controllers/tainteviction"
	"github.com/kubenucleus/nucleus/runtime/controllers/ttlafterfinished"
	"github.com/kubenucleus/nucleus/runtime/controllers/volumeprotection"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Options tunes [Run]. The zero value works.
type Options struct {
	// Caches to share with other parts of the program, which runs them. Nil
	// makes a set of the client, and runs it.
	Caches *client.Caches
	// ClientFor, if not nil, returns the client that a controller writes with, by the
	// name of its account in kube-system; the caches are shared by all. Nil lets all
	// of them work as one user.
	ClientFor func(account string) client.Client
	Logger    *slog.Logger     // nil: slog.Default()
	Now       func() time.Time // nil: time.Now
	// Workers is how many objects each controller works on at a time. Zero
	// leaves it to them.
	Workers int
	// JobBackoff is the wait after the first failure of a Job's Pod. Zero is
	// 10 s.
	JobBackoff time.Duration
	// RootCA is the certificates, in PEM, by which Pods are to know the API
	// server. Without them none are published.
	RootCA []byte
	// ClusterCIDRs are what Nodes get the ranges of their Pods' addresses from, one
	// of each family at most, in parts of the size NodeMaskSizes (zero: /24, /64).
	// Without any, Nodes keep what they bring.
	ClusterCIDRs  []netip.Prefix
	NodeMaskSizes []int
	// Authority signs what is asked for by CertificateSigningRequests. Without one
	// nothing is signed.
	Authority *pki.Authority
	// IssueToken makes the tokens of Secrets of type
	// kubernetes.io/service-account-token. Without it they stay empty.
	IssueToken serviceaccounttoken.Issue
}

// orFail turns what cannot be made into what cannot be run, with the same reason.
func orFail[R Runner](r R, err error) Runner {
	if err != nil {
		return failed{err}
	}
	return r
}

type failed struct{ error }

// Run returns the error at once.
func (f failed) Run(context.Context) error { return f.error }

// Runner is what a controller's constructor returns: Run works until its
// context ends, then returns nil.
type Runner interface {
	Run(ctx context.Context) error
}

// Controller is an entry of the list.
type Controller struct {
	Name string
	// Account is the service account, in kube-system, whose rights it needs; "" if it
	// is the controller manager's own.
	Account string
	// Alias is what older releases of kube-controller-manager called it.
	Alias string
	// New returns the controller. It starts nothing.
	New func(caches *client.Caches, events *controller.Recorder, opts Options) Runner
}

// All returns the controllers there are, ordered by name.
func All() []Controller {
	all := []Controller{
		{"bootstrap-signer-controller", "bootstrap-signer", "bootstrapsigner", plain(bootstraptoken.NewSigner)},
		{"certificatesigningrequest-approving-controller", "certificate-controller", "csrapproving", plain(certificates.NewApprover)},
		{"certificatesigningrequest-cleaner-controller", "certificate-controller", "csrcleaner", plain(certificates.NewCleaner)},
		{"certificatesigningrequest-signing-controller", "certificate-controller", "csrsigning", func(caches *client.Caches, events *controller.Recorder, o Options) Runner {
			return certificates.NewSigner(caches, certificates.SignerOptions{Options: o.workload(events), Authority: o.Authority})
		}},
		{"clusterrole-aggregation-controller", "clusterrole-aggregation-controller", "clusterrole-aggregation", plain(clusterroleaggregation.New)},
		{"cronjob-controller", "cronjob-controller", "cronjob", plain(cronjob.New)},
		{"daemonset-controller", "daemon-set-controller", "daemonset", plain(daemonset.New)},
		{"deployment-controller", "deployment-controller", "deployment", plain(deployment.New)},
		{"disruption-controller", "disruption-controller", "disruption", plain(disruption.New)},
		{"endpoints-controller", "endpoint-controller", "endpoint", plain(endpoints.New)},
		{"endpointslice-controller", "endpointslice-controller", "endpointslice", func(caches *client.Caches, events *controller.Recorder, o Options) Runner {
			return endpointslice.New(caches, endpointslice.Options{Options: o.workload(events)})
		}},
		{"ephemeral-volume-controller", "ephemeral-volume-controller", "ephemeral-volume", plain(ephemeralvolume.New)},
		{"garbage-collector-controller", "generic-garbage-collector", "garbagecollector", plain(garbagecollector.New)},
		{"job-controller", "job-controller", "job", func(caches *client.Caches, events *controller.Recorder, o Options) Runner {
			return job.New(caches, job.Options{Options: o.workload(events), Backoff: o.JobBackoff})
		}},
		{"namespace-controller", "namespace-controller", "namespace", func(caches *client.Caches, events *controller.Recorder, o Options) Runner {
			return namespace.New(caches, namespace.Options{Options: o.workload(events)})
		}},
		{"node-ipam-controller", "node-controller", "nodeipam", func(caches *client.Caches, events *controller.Recorder, o Options) Runner {
			return orFail(nodeipam.New(caches, nodeipam.Options{Options: o.workload(events), ClusterCIDRs: o.ClusterCIDRs, MaskSizes: o.NodeMaskSizes}))
		}},
		{"node-lifecycle-controller", "node-controller", "nodelifecycle", func(caches *client.Caches, events *controller.Recorder, o Options) Runner {
			return nodelifecycle.New(caches, nodelifecycle.Options{Options: o.workload(events)})
		}},
		{"pod-garbage-collector-controller", "pod-garbage-collector", "podgc", func(caches *client.Caches, events *controller.Recorder, o Options) Runner {
			return podgc.New(caches, podgc.Options{Options: o.workload(events)})
		}},
		{"taint-eviction-controller", "node-controller", "", plain(tainteviction.New)},
		{"persistentvolume-attach-detach-controller", "attachdetach-controller", "attachdetach", plain(attachdetach.New)},
		{"persistentvolume-binder-controller", "persistent-volume-binder", "persistentvolume-binder", plain(persistentvolume.New)},
		{"persistentvolume-protection-controller", "pv-protection-controller", "pv-protection", plain(volumeprotection.NewVolumes)},
		{"persistentvolumeclaim-protection-controller", "pvc-protection-controller", "pvc-protection", plain(volumeprotection.NewClaims)},
		{"podcertificaterequest-cleaner-controller", "podcertificaterequestcleaner", "", plain(certificates.NewPodCleaner)},
		{"replicaset-controller", "replicaset-controller", "replicaset", plain(replicaset.New)},
		{"replicationcontroller-controller", "replication-controller", "replicationcontroller", plain(replicaset.NewForReplicationControllers)},
		{"resourcequota-controller", "resourcequota-controller", "resourcequota", plain(resourcequota.New)},
		{"root-ca-certificate-publisher-controller", "root-ca-cert-publisher", "root-ca-cert-publisher", func(caches *client.Caches, events *controller.Recorder, o Options) Runner {
			return rootca.New(caches, rootca.Options{Options: o.workload(events), CA: o.RootCA})
		}},
		{"serviceaccount-controller", "service-account-controller", "serviceaccount", plain(serviceaccount.New)},
		{"serviceaccount-token-controller", "", "serviceaccount-token", func(caches *client.Caches, events *controller.Recorder, o Options) Runner {
			return serviceaccounttoken.New(caches, serviceaccounttoken.Options{Options: o.workload(events), Issue: o.IssueToken, RootCA: o.RootCA})
		}},
		{"service-cidr-controller", "service-cidrs-controller", "", plain(servicecidr.New)},
		{"statefulset-controller", "statefulset-controller", "statefulset", plain(statefulset.New)},
		{"token-cleaner-controller", "token-cleaner", "tokencleaner", plain(bootstraptoken.NewCleaner)},
		{"ttl-after-finished-controller", "ttl-after-finished-controller", "ttl-after-finished", plain(ttlafterfinished.New)},
		{"volumeattributesclass-protection-controller", "volumeattributesclass-protection-controller", "", plain(volumeprotection.NewClasses)},
	}
	slices.SortFunc(all, func(a, b Controller) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// plain is how a controller is made that takes nothing of its own.
func plain[R Runner](create func(*client.Caches, workload.Options) R) func(*client.Caches, *controller.Recorder, Options) Runner {
	return func(caches *client.Caches, events *controller.Recorder, o Options) Runner {
		return create(caches, o.workload(events))
	}
}

func (o Options) workload(events *controller.Recorder) workload.Options {
	return workload.Options{Workers: o.Workers, Events: events, Logger: o.Logger, Now: o.Now}
}

// Names returns the names of all controllers, ordered.
func Names() []string {
	var names []string
	for _, c := range All() {
		names = append(names, c.Name)
	}
	return names
}

// Select returns the names of the controllers that a --controllers flag asks
// for: "*" for all, NAME for one, "-NAME" for all but that one, "-*" for none.
// What is said of a name counts more than what is said of all. Nothing at all
// asks for all. The error names what is not known.
func Select(spec []string) ([]string, error) {
	if len(spec) == 0 {
		spec = []string{"*"}
	}
	canonical := map[string]string{}
	for _, c := range All() {
		canonical[c.Name] = c.Name
		if c.Alias != "" {
			canonical[c.Alias] = c.Name
		}
	}
	all := false
	wanted := map[string]bool{}
	var errs []error
	for _, entry := range spec {
		name, off := strings.CutPrefix(strings.TrimSpace(entry), "-")
		switch known, ok := canonical[name]; {
		case name == "*" && !off:
			all = true
		case name == "*", name == "" && !off:
		case !ok:
			errs = append(errs, fmt.Errorf("%q is not in the list of known controllers", name))
		default:
			// Of two that contradict each other the first counts.
			if _, said := wanted[known]; !said {
				wanted[known] = !off
			}
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	var names []string
	for _, name := range Names() {
		if on, said := wanted[name]; on || !said && all {
			names = append(names, name)
		}
	}
	return names, nil
}

// Run runs the controllers of those names until ctx ends, and returns nil then.
// If one of them cannot go on it stops them all and returns why. Everything it
// started has ended when it returns.
func Run(ctx context.Context, c client.Client, names []string, opts Options) error {
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	group := controller.Group{Logger: opts.Logger}
	caches := opts.Caches
	if caches == nil {
		caches = client.NewCaches(c, opts.Logger)
		group.Add("caches", caches.Run)
	}
	events := controller.NewRecorder(c, "controllers", controller.RecorderOptions{Logger: opts.Logger})
	group.Add("events", events.Run)
	all := All()
	for _, name := range names {
		i := slices.IndexFunc(all, func(c Controller) bool { return c.Name == name })
		if i < 0 {
			return fmt.Errorf("%q is not in the list of known controllers", name)
		}
		own := caches
		if account := all[i].Account; opts.ClientFor != nil && account != "" {
			own = caches.For(opts.ClientFor(account))
		}
		group.Add(name, all[i].New(own, events, opts).Run)
	}
	return group.Run(ctx)
}
