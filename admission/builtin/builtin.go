package builtin

import (
	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/defaulttolerationseconds"
	"github.com/kubenucleus/nucleus/admission/limitranger"
	"github.com/kubenucleus/nucleus/admission/namespacelifecycle"
	"github.com/kubenucleus/nucleus/admission/persistentvolumeclaimresize"
	"github.com/kubenucleus/nucleus/admission/podresize"
	"github.com/kubenucleus/nucleus/admission/podsecurity"
	"github.com/kubenucleus/nucleus/admission/podtopologylabels"
	"github.com/kubenucleus/nucleus/admission/priority"
	"github.com/kubenucleus/nucleus/admission/resourcequota"
	"github.com/kubenucleus/nucleus/admission/runtimeclass"
	"github.com/kubenucleus/nucleus/admission/serviceaccount"
	"github.com/kubenucleus/nucleus/admission/storageobjectinuse"
)

// Chain returns the plug-ins that are on in a Kubernetes cluster by default. It
// is an ordinary slice: leave out, replace and insert what you like. With a
// nil charge quotas are not enforced.
//
// The order counts. What fills in comes before what checks, and quotas come
// last, since what they charge is not given back when a later one refuses.
func Chain(reader admission.Reader, charge resourcequota.Charge) admission.Chain {
	chain := admission.Chain{
		namespacelifecycle.New(reader),
		limitranger.New(reader),
		serviceaccount.New(reader),
		podsecurity.New(reader),
		priority.New(reader),
		defaulttolerationseconds.New(defaulttolerationseconds.Options{}),
		storageobjectinuse.New(),
		persistentvolumeclaimresize.New(reader),
		runtimeclass.New(reader),
		podtopologylabels.New(reader),
		podresize.New(reader),
	}
	if charge != nil {
		chain = append(chain, resourcequota.New(reader, charge))
	}
	return chain
}
