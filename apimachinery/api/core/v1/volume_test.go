package corev1_test

import (
	"fmt"
	"testing"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

func TestPersistentVolumeIsRefused(t *testing.T) {
	volume := func(fields string) string {
		return `{"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],` + fields + `}}`
	}
	testCreates(t, "persistentvolumes", []refusal{
		{name: "fine", body: volume(`"hostPath":{"path":"/x"}`)},
		{"capacity and modes", `{"spec":{"hostPath":{"path":"/x"}}}`, []string{
			`spec.accessModes: Required value`, `spec.capacity: Required value`, `spec.capacity: Unsupported value: null: supported values: "storage"`,
		}},
		{"no source", `{"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"]}}`, []string{`spec: Required value: must specify a volume type`}},
		{"two sources", volume(`"hostPath":{"path":"/x"},"nfs":{"server":"s","path":"/p"}`), []string{`spec.nfs: Forbidden: may not specify more than 1 volume type`}},
		{"values", `{"spec":{"capacity":{"storage":"-1Gi"},"accessModes":["ReadWriteTwice"],"hostPath":{"path":"/x"},"persistentVolumeReclaimPolicy":"Keep","volumeMode":"Tape"}}`, []string{
			`spec.accessModes: Unsupported value: "ReadWriteTwice": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"`,
			`spec.capacity[storage]: Invalid value: -1073741824: must be a valid resource quantity`,
			`spec.capacity[storage]: Invalid value: "-1Gi": must be greater than zero`,
			`spec.persistentVolumeReclaimPolicy: Unsupported value: "Keep": supported values: "Delete", "Recycle", "Retain"`,
			`spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"`,
		}},
		{"recycled root", volume(`"hostPath":{"path":"/"},"persistentVolumeReclaimPolicy":"Recycle"`), []string{`spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'`}},
		{"local", volume(`"local":{"path":"/x"}`), []string{`spec.nodeAffinity: Required value: Local volume requires node affinity`}},
		{"csi", volume(`"csi":{"driver":"Bad!","volumeHandle":"","nodeStageSecretRef":{"name":"s"}}`), []string{
			`spec.csi.driver: Invalid value: "Bad!": ` + subdomain, `spec.csi.volumeHandle: Required value`,
		}},
		{"class", volume(`"hostPath":{"path":"/x"},"storageClassName":"Bad_Class","volumeAttributesClassName":"","nodeAffinity":{"required":{"nodeSelectorTerms":[]}}`), []string{
			`spec.nodeAffinity.required.nodeSelectorTerms: Required value: must have at least one node selector term`,
			`spec.storageClassName: Invalid value: "Bad_Class": ` + subdomain,
			`spec.volumeAttributesClassName: Required value: an empty string is disallowed`,
			`spec.csi: Required value: has to be specified when using volumeAttributesClassName`,
		}},
	})
}

func TestPersistentVolumeUpdates(t *testing.T) {
	volume := func(fields string) string {
		return `{"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],` + fields + `}}`
	}
	affinity := func(key string) string {
		return `"nodeAffinity":{"required":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"` + key + `","operator":"Exists"}]}]}}`
	}
	was := volume(`"hostPath":{"path":"/x"}`)
	testUpdates(t, "persistentvolumes", []change{
		{"source", was, volume(`"hostPath":{"path":"/y"}`), []string{"spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation\n" +
			"@@ -2,7 +2,7 @@\n  \"GCEPersistentDisk\": null,\n  \"AWSElasticBlockStore\": null,\n  \"HostPath\": {\n-  \"Path\": \"/x\",\n+  \"Path\": \"/y\",\n   \"Type\": \"\"\n  },\n  \"Glusterfs\": null,\n"}},
		{"mode", was, volume(`"hostPath":{"path":"/x"},"volumeMode":"Block"`), []string{`volumeMode: Invalid value: "Block": field is immutable`}},
		{"first affinity", was, volume(`"hostPath":{"path":"/x"},` + affinity("z")), nil},
		{"other affinity", volume(`"hostPath":{"path":"/x"},` + affinity("z")), volume(`"hostPath":{"path":"/x"},` + affinity("y")), []string{
			`nodeAffinity: Invalid value: {"Required":{"NodeSelectorTerms":[{"MatchExpressions":[{"Key":"y","Operator":"Exists","Values":null}],"MatchFields":null}]}}: field is immutable, except for updating from beta label to GA`,
		}},
	})
}

func TestPersistentVolumePhases(t *testing.T) {
	r := resource(t, "persistentvolumes")
	v := incoming(t, r, `{"spec":{"capacity":{"storage":"1024Mi"},"accessModes":["ReadWriteMany","ReadWriteOnce"],"hostPath":{"path":"/x"}},"status":{"phase":"Bound"}}`).(*corev1.PersistentVolume)
	if v.Status.Phase != corev1.VolumePending || v.Status.LastPhaseTransitionTime == nil {
		t.Errorf("a new volume: %+v", v.Status)
	}
	cells := r.Cells(v)
	if got := fmt.Sprint(cells[1:9]); got != "[1Gi RWO,RWX Retain Pending   <unset> ]" {
		t.Errorf("%q", got)
	}
}

func TestClaimIsRefused(t *testing.T) {
	testCreates(t, "persistentvolumeclaims", []refusal{
		{name: "fine", body: `{"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}`},
		{"empty", `{"spec":{}}`, []string{`spec.accessModes: Required value: at least 1 access mode is required`, `spec.resources[storage]: Required value`}},
		{"values", `{"spec":{"accessModes":["ReadWriteOncePod","ReadOnlyMany"],"resources":{"requests":{"storage":"0"}},"storageClassName":"Bad_","dataSourceRef":{"apiGroup":null,"kind":"Pod","name":""}}}`, []string{
			`spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes`,
			`spec.resources[storage]: Invalid value: "0": must be greater than zero`,
			`spec.storageClassName: Invalid value: "Bad_": ` + subdomain,
			`spec.dataSource.name: Required value`,
			`spec.dataSource: Invalid value: "Pod": must be 'PersistentVolumeClaim' when referencing the default apiGroup`,
			`spec.dataSourceRef.name: Required value`,
			`spec.dataSourceRef: Invalid value: "Pod": must be 'PersistentVolumeClaim' when referencing the default apiGroup`,
		}},
	})
}

func TestClaimDataSources(t *testing.T) {
	r := resource(t, "persistentvolumeclaims")
	for _, c := range []struct{ fields, want string }{
		{`"dataSource":{"apiGroup":"example.com","kind":"Odd","name":"a"}`, `{"resources":{},"volumeMode":"Filesystem"}`},
		{`"dataSource":{"apiGroup":null,"kind":"PersistentVolumeClaim","name":"a"}`,
			`{"resources":{},"volumeMode":"Filesystem","dataSource":{"apiGroup":null,"kind":"PersistentVolumeClaim","name":"a"},"dataSourceRef":{"apiGroup":null,"kind":"PersistentVolumeClaim","name":"a"}}`},
		{`"dataSourceRef":{"apiGroup":"example.com","kind":"Odd","name":"a","namespace":"b"}`,
			`{"resources":{},"volumeMode":"Filesystem"}`},
	} {
		shows(t, &incoming(t, r, `{"spec":{`+c.fields+`}}`).(*corev1.PersistentVolumeClaim).Spec, c.want)
	}
}

func TestClaimUpdates(t *testing.T) {
	claim := func(size, more, status string) string {
		return `{"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"` + size + `"}}` + more + `},"status":{` + status + `}}`
	}
	const bound = `"phase":"Bound","capacity":{"storage":"1Gi"}`
	const fixed = "spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n"
	testUpdates(t, "persistentvolumeclaims", []change{
		{"grows while pending", claim("1Gi", "", ""), claim("2Gi", "", ""), []string{fixed +
			"@@ -6,7 +6,7 @@\n  \"Resources\": {\n   \"Limits\": null,\n   \"Requests\": {\n-   \"storage\": \"1Gi\"\n+   \"storage\": \"2Gi\"\n   }\n  },\n  \"VolumeName\": \"\",\n"}},
		{"grows", claim("1Gi", "", bound), claim("2Gi", "", bound), nil},
		{"shrinks", claim("2Gi", "", bound), claim("0.5Gi", "", bound), []string{`spec.resources.requests.storage: Forbidden: field can not be less than status.capacity`}},
		{"takes its growth back in part", claim("3Gi", "", bound), claim("2Gi", "", bound), nil},
		{"first class", claim("1Gi", "", ""), claim("1Gi", `,"storageClassName":"late"`, ""), nil},
		{"other class", claim("1Gi", `,"storageClassName":"late"`, ""), claim("1Gi", `,"storageClassName":"later"`, ""), []string{fixed +
			"@@ -10,7 +10,7 @@\n   }\n  },\n  \"VolumeName\": \"\",\n- \"StorageClassName\": \"late\",\n+ \"StorageClassName\": \"later\",\n  \"VolumeMode\": \"Filesystem\",\n  \"DataSource\": null,\n  \"DataSourceRef\": null,\n"}},
		{"first volume", claim("1Gi", "", ""), claim("1Gi", `,"volumeName":"pv"`, ""), nil},
	})
	testStatusUpdates(t, "persistentvolumeclaims", []change{
		{"resize", claim("1Gi", "", bound), claim("1Gi", "", `"phase":"Bound","capacity":{"storage":"-1"},"allocatedResourceStatuses":{"storage":"Odd","cpu":"NodeResizePending"}`), []string{
			`status.capacity[storage]: Invalid value: -1: must be a valid resource quantity`,
			`status.allocatedResourceStatuses: Unsupported value: "cpu": supported values: "storage"`,
			`status.allocatedResourceStatuses: Unsupported value: "storage": supported values: "ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizeInProgress", "NodeResizeInfeasible", "NodeResizePending"`,
		}},
	})
}

func TestClaimColumns(t *testing.T) {
	r := resource(t, "persistentvolumeclaims")
	cells := r.Cells(stored(t, r, `{"spec":{"volumeName":"pv","storageClassName":"fast"},"status":{"phase":"Bound","capacity":{"storage":"1Gi"},"accessModes":["ReadOnlyMany"]}}`))
	if got := fmt.Sprint(cells[1:7]); got != "[Bound pv 1Gi ROX fast <unset>]" {
		t.Error(got)
	}
	cells = r.Cells(stored(t, r, `{"status":{"capacity":{"storage":"1Gi"}}}`))
	if got := fmt.Sprintf("%q", cells[1:5]); got != `["Pending" "" "" ""]` {
		t.Error(got)
	}
}
