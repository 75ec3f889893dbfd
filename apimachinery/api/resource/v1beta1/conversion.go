package resourcev1beta1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/resource/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// conversions are what differs between this version and v1: a request has its
// one kind of devices within itself, a device has its properties in a struct of
// their own, and two fields of a slice are no pointers.
func conversions() []scheme.Conversion {
	return []scheme.Conversion{
		scheme.Convert(func(from *DeviceRequest, to *resourcev1.DeviceRequest) error {
			flat := *from
			flat.Name, flat.FirstAvailable = "", nil
			if codec.Equal(&flat, &DeviceRequest{}) {
				return nil
			}
			to.Exactly = &resourcev1.ExactDeviceRequest{}
			return recode(&flat, to.Exactly)
		}),
		scheme.Convert(func(from *resourcev1.DeviceRequest, to *DeviceRequest) error {
			if from.Exactly == nil {
				return nil
			}
			name, first := to.Name, to.FirstAvailable
			if err := recode(from.Exactly, to); err != nil {
				return err
			}
			to.Name, to.FirstAvailable = name, first
			return nil
		}),
		scheme.Convert(func(from *Device, to *resourcev1.Device) error {
			if from.Basic == nil {
				return nil
			}
			name := to.Name
			if err := recode(from.Basic, to); err != nil {
				return err
			}
			to.Name = name
			return nil
		}),
		scheme.Convert(func(from *resourcev1.Device, to *Device) error {
			to.Basic = &BasicDevice{}
			return recode(from, to.Basic)
		}),
		scheme.Convert(func(from *ResourceSliceSpec, to *resourcev1.ResourceSliceSpec) error {
			to.NodeName, to.AllNodes = nil, nil
			if name := from.NodeName; name != "" {
				to.NodeName = &name
			}
			if all := from.AllNodes; all {
				to.AllNodes = &all
			}
			return nil
		}),
		scheme.Convert(func(from *resourcev1.ResourceSliceSpec, to *ResourceSliceSpec) error {
			to.NodeName = ""
			if from.NodeName != nil {
				to.NodeName = *from.NodeName
			}
			to.AllNodes = from.AllNodes != nil && *from.AllNodes
			return nil
		}),
	}
}

// recode fills to with the fields that it has in common with from, all of which
// are alike in JSON.
func recode(from, to any) error {
	data, err := codec.MarshalJSON(from)
	if err != nil {
		return err
	}
	_, err = codec.UnmarshalJSON(data, to, codec.DecodeOptions{})
	return err
}
