package storagev1

import (
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of storage.k8s.io/v1.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1",
		Source: typesSource,
		Resources: []*scheme.Resource{
			csidrivers(),
			csinodes(),
			csistoragecapacities(),
			storageclasses(),
			volumeattachments(),
			volumeattributesclasses(),
		},
	}
}

func csidrivers() *scheme.Resource {
	return scheme.Define[CSIDriver, CSIDriverList](scheme.Spec[CSIDriver]{
		Name:    "csidrivers",
		Options: scheme.Options{DeleteAnswersObject: true},
	})
}

func csinodes() *scheme.Resource {
	return scheme.Define[CSINode, CSINodeList](scheme.Spec[CSINode]{
		Name:    "csinodes",
		Status:  &scheme.Status[CSINode]{},
		Options: scheme.Options{DeleteAnswersObject: true},
	})
}

func csistoragecapacities() *scheme.Resource {
	return scheme.Define[CSIStorageCapacity, CSIStorageCapacityList](scheme.Spec[CSIStorageCapacity]{
		Name:       "csistoragecapacities",
		Namespaced: true,
	})
}

func storageclasses() *scheme.Resource {
	return scheme.Define[StorageClass, StorageClassList](scheme.Spec[StorageClass]{
		Name:       "storageclasses",
		ShortNames: []string{"sc"},
		Options:    scheme.Options{DeleteAnswersObject: true},
	})
}

func volumeattachments() *scheme.Resource {
	return scheme.Define[VolumeAttachment, VolumeAttachmentList](scheme.Spec[VolumeAttachment]{
		Name:   "volumeattachments",
		Status: &scheme.Status[VolumeAttachment]{},
	})
}

func volumeattributesclasses() *scheme.Resource {
	return scheme.Define[VolumeAttributesClass, VolumeAttributesClassList](scheme.Spec[VolumeAttributesClass]{
		Name:       "volumeattributesclasses",
		ShortNames: []string{"vac"},
	})
}
