package registry_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

func quiet() registry.Options {
	return registry.Options{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
}

func configMap(name string) *corev1.ConfigMap {
	return &corev1.ConfigMap{
		ObjectMeta: meta.ObjectMeta{Name: name, Labels: map[string]string{"app": "bench"}},
		Data:       map[string]string{"key": "value", "other": "a somewhat longer value than the first one"},
	}
}

func benchPod(name string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: meta.ObjectMeta{Name: name, Labels: map[string]string{"app": "bench", "tier": "front"}},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{
			Name: "c", Image: "registry.example.com/team/app:v1.2.3",
			Env:   []corev1.EnvVar{{Name: "A", Value: "1"}, {Name: "B", Value: "2"}},
			Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}},
		}}},
	}
}

func BenchmarkCreateConfigMap(b *testing.B) {
	f := startAPI(b, quiet())
	q := f.at(core("configmaps"), "", "default", "")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		_, err := f.reg.Create(f.ctx, q, configMap("c"+strconv.Itoa(i)), meta.CreateOptions{})
		f.must(err)
	}
}

func BenchmarkCreatePod(b *testing.B) {
	f := startAPI(b, quiet())
	q := f.at(core("pods"), "", "default", "")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		_, err := f.reg.Create(f.ctx, q, benchPod("p"+strconv.Itoa(i)), meta.CreateOptions{})
		f.must(err)
	}
}

func BenchmarkPatchPodStatus(b *testing.B) {
	f := startAPI(b, quiet())
	_, err := f.reg.Create(f.ctx, f.at(core("pods"), "", "default", ""), benchPod("p"), meta.CreateOptions{})
	f.must(err)
	q := f.at(core("pods"), "status", "default", "p")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		_, err := f.patch(q, client.StrategicPatch, fmt.Sprintf(`{"status":{"message":"m%d"}}`, i))
		f.must(err)
	}
}

func manyPods(b *testing.B, n int) *fixture {
	f := startAPI(b, quiet())
	for i := range n {
		_, err := f.reg.Create(f.ctx, f.at(core("pods"), "", "default", ""), benchPod(fmt.Sprintf("p%05d", i)), meta.CreateOptions{})
		f.must(err)
	}
	return f
}

func BenchmarkGetPod(b *testing.B) {
	f := manyPods(b, 100)
	q := f.at(core("pods"), "", "default", "p00042")
	b.ReportAllocs()
	for b.Loop() {
		item, err := f.reg.Get(f.ctx, q, meta.GetOptions{})
		f.must(err)
		_, err = item.Bytes(registry.Form{Media: registry.JSON})
		f.must(err)
	}
}

func BenchmarkListPods(b *testing.B) {
	f := manyPods(b, 1000)
	var text []byte
	for _, form := range []struct {
		name string
		form registry.Form
	}{
		{"JSON", registry.Form{Media: registry.JSON}},
		{"protobuf", registry.Form{Media: registry.Protobuf}},
		{"metadata", registry.Form{Media: registry.JSON, MetadataOnly: true}},
	} {
		b.Run(form.name, func(b *testing.B) {
			q := f.at(core("pods"), "", "default", "")
			b.ReportAllocs()
			for b.Loop() {
				list, err := f.reg.List(f.ctx, q, meta.ListOptions{})
				f.must(err)
				var room registry.Room
				for piece, err := range list.Pieces(form.form, &room) {
					f.must(err)
					f.must(piece.WriteTo(io.Discard, &text))
					room.Reset()
				}
			}
		})
		b.Run(form.name+" compressed", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				list, err := f.reg.List(f.ctx, f.at(core("pods"), "", "default", ""), meta.ListOptions{})
				f.must(err)
				pieces, ok := list.DeflatedPieces(form.form)
				require.True(b, ok)
				for _, err := range pieces {
					f.must(err)
				}
			}
		})
	}
	b.Run("page", func(b *testing.B) {
		q := f.at(core("pods"), "", "default", "")
		b.ReportAllocs()
		for b.Loop() {
			_, err := f.reg.List(f.ctx, q, meta.ListOptions{Limit: 500})
			f.must(err)
		}
	})
}

// One update, seen by many watchers as encoded bytes.
func BenchmarkWatch(b *testing.B) {
	const watchers = 100
	f := manyPods(b, 1)
	ctx, cancel := context.WithCancel(f.ctx)
	var seen atomic.Int64
	var running sync.WaitGroup
	events, err := f.reg.List(f.ctx, f.at(core("pods"), "", "default", ""), meta.ListOptions{})
	f.must(err)
	for range watchers {
		stream, err := f.reg.Watch(ctx, f.at(core("pods"), "", "default", ""), meta.ListOptions{ResourceVersion: events.ResourceVersion})
		f.must(err)
		running.Go(func() {
			for ev, err := range stream {
				if err == nil {
					_, err = ev.Item.Bytes(registry.Form{Media: registry.JSON})
				}
				if err != nil {
					b.Error(err)
					return
				}
				seen.Add(1)
			}
		})
	}
	q := f.at(core("pods"), "status", "default", "p00000")
	b.ReportAllocs()
	updates := int64(0)
	for b.Loop() {
		updates++
		_, err := f.patch(q, client.StrategicPatch, fmt.Sprintf(`{"status":{"message":"m%d"}}`, updates))
		f.must(err)
	}
	for deadline := time.Now().Add(waiting); seen.Load() < updates*watchers && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	require.Equal(b, updates*watchers, seen.Load())
	cancel()
	running.Wait()
}

func BenchmarkStart(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		f := start(b, api.Groups(), quiet())
		f.stop()
	}
}

// BenchmarkCreateService makes Services in a large range: each takes an address,
// those with node ports change the range that all share.
func BenchmarkCreateService(b *testing.B) {
	for _, kind := range []corev1.ServiceType{corev1.ServiceTypeClusterIP, corev1.ServiceTypeNodePort} {
		b.Run(string(kind), func(b *testing.B) {
			o := quiet()
			o.ServiceCIDR, o.NodePorts = netip.MustParsePrefix("10.0.0.0/12"), registry.PortRange{First: 1024, Last: 65535}
			f := startAPI(b, o)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				f.mustService(service("s"+strconv.Itoa(i), func(s *corev1.ServiceSpec) { s.Type = kind }))
			}
		})
	}
}
