package api_test

import (
	"fmt"
	"log"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// What a server would say of a manifest, whatever its kind, without a server.
func ExampleGroups() {
	s, err := scheme.New(api.Groups()...)
	if err != nil {
		log.Fatal(err)
	}
	manifest := []byte(`
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly, namespace: default}
spec:
  schedule: 0 3 * * *
  startingDeadlineSeconds: -1
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Always
          containers: [{name: c, image: busybox}]
`)
	text, _, err := codec.YAMLToJSON(manifest, true)
	if err != nil {
		log.Fatal(err)
	}
	var head meta.TypeMeta
	if _, err := codec.UnmarshalJSON(text, &head, codec.DecodeOptions{}); err != nil {
		log.Fatal(err)
	}
	kind, ok := s.ResourceOf(head.GroupVersionKind())
	if !ok {
		log.Fatalf("no kind %s", head.Kind)
	}
	obj := kind.New()
	if _, err := codec.UnmarshalJSON(text, obj, codec.DecodeOptions{Strict: true}); err != nil {
		log.Fatal(err)
	}
	kind.Default(obj)
	for _, fault := range kind.Validate(obj) {
		fmt.Println(fault)
	}
	// Output:
	// spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0
	// spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"
}
