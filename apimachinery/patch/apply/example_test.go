package apply_test

import (
	"fmt"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/patch/apply"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

func Example() {
	s, err := scheme.New(scheme.Group{Versions: []scheme.Version{corev1.Version()}})
	if err != nil {
		fmt.Println(err)
		return
	}
	configMaps, _ := s.Resource(meta.GroupVersionResource{Version: "v1", Resource: "configmaps"})
	m := apply.NewManager(s)

	// Somebody creates an object.
	created := &corev1.ConfigMap{Data: map[string]string{"colour": "red", "size": "9"}}
	created.Name = "shoes"
	live, err := m.Update(nil, created, configMaps, "", "kubectl", meta.Unix(1))
	if err != nil {
		fmt.Println(err)
		return
	}

	// Somebody else wants one field of it to be different.
	patch := []byte(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"shoes"},"data":{"colour":"blue"}}`)
	if _, err = m.Apply(live, patch, configMaps, "", "painter", false, meta.Unix(2)); err != nil {
		fmt.Println(err)
	}
	live, err = m.Apply(live, patch, configMaps, "", "painter", true, meta.Unix(2))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(live.(*corev1.ConfigMap).Data)
	for _, e := range live.Metadata().ManagedFields {
		fmt.Printf("%s %s %s\n", e.Manager, e.Operation, e.FieldsV1.Raw)
	}
	// Output:
	// Apply failed with 1 conflict: conflict with "kubectl" using v1: .data.colour
	// map[colour:blue size:9]
	// painter Apply {"f:data":{"f:colour":{}}}
	// kubectl Update {"f:data":{".":{},"f:size":{}}}
}
