package kubelet_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/hollow"
)

const webLine = "Simulated by Nucleus (hollow node): container \"web\" of Pod default/web, image \"registry.example.com/web:1\". No process runs in it.\n"

func TestLogs(t *testing.T) {
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		c.create(annotated(podOf("web", "web"), map[string]string{hollow.RunForAnnotation: "1h"}))
		c.until("web", "ready", ready)
		node := &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: nodeName}}
		base, transport, err := c.kubelet.Connect(c.ctx, node)
		require.NoError(t, err)
		_, _, err = c.kubelet.Connect(c.ctx, &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: "other"}})
		require.True(t, meta.IsServiceUnavailable(err), err)
		ask := func(ctx context.Context, path, accept string) *http.Response {
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, base.String()+path, nil)
			require.NoError(t, err)
			if accept != "" {
				request.Header.Set("Accept", accept)
			}
			answer, err := transport.RoundTrip(request)
			require.NoError(t, err)
			return answer
		}
		get := func(path string) (int, string) {
			answer := ask(c.ctx, path, "")
			body, err := io.ReadAll(answer.Body)
			require.NoError(t, err)
			require.NoError(t, answer.Body.Close())
			return answer.StatusCode, string(body)
		}
		const logs = "/containerLogs/default/web/web"
		for path, want := range map[string]struct {
			code int
			body string
		}{
			logs:                                     {200, webLine},
			logs + "?limitBytes=9":                   {200, "Simulated"},
			logs + "?tailLines=0":                    {200, ""},
			logs + "?tailLines=3":                    {200, webLine},
			logs + "?sinceSeconds=100":               {200, webLine},
			logs + "?sinceTime=2100-01-01T00:00:00Z": {200, ""},
			logs + "?previous=true":                  {400, "previous terminated container \"web\" in pod \"web\" not found\n"},
			logs + "?tailLines=many":                 {400, "tailLines: \"many\" is not a number that can be\n"},
			logs + "?follow=perhaps":                 {400, "follow: \"perhaps\" is not a boolean\n"},
			"/containerLogs/default/web/nope":        {404, "container \"nope\" not found in pod \"web\"\n"},
			"/containerLogs/default/nope/web":        {404, "pod \"nope\" does not exist\n"},
			"/exec/default/web/web":                  {501, "the node's container runtime does not support exec\n"},
			"/healthz":                               {200, "ok"},
			"/nowhere":                               {404, "404 page not found\n"},
		} {
			code, body := get(path)
			require.Equal(t, want.code, code, path)
			require.Equal(t, want.body, body, path)
		}
		_, body := get(logs + "?timestamps=true")
		require.Regexp(t, `^2000-01-01T00:00:00Z Simulated by`, body)

		answer := ask(c.ctx, "/containerLogs/default/web/nope", "application/json, */*")
		var status meta.Status
		body2, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		_, err = codec.UnmarshalJSON(body2, &status, codec.DecodeOptions{})
		require.NoError(t, err)
		require.EqualValues(t, 404, status.Code)

		_, body = get("/pods")
		var pods corev1.PodList
		_, err = codec.UnmarshalJSON([]byte(body), &pods, codec.DecodeOptions{})
		require.NoError(t, err)
		require.Len(t, pods.Items, 1)

		// To follow is to wait for the end of the container ...
		answer = ask(c.ctx, logs+"?follow=true", "")
		first := make([]byte, len(webLine))
		_, err = io.ReadFull(answer.Body, first)
		require.NoError(t, err)
		require.Equal(t, webLine, string(first))
		began := time.Now()
		rest, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.Empty(t, rest)
		require.InDelta(t, 3600, time.Since(began).Seconds(), 1)

		// ... or for whoever asked to leave.
		c.until("web", "running again", runs(1))
		code, body := get(logs + "?previous=true")
		require.Equal(t, 200, code)
		require.Equal(t, webLine, body)
		ctx, cancel := context.WithCancel(c.ctx)
		answer = ask(ctx, logs+"?follow=true", "")
		_, err = io.ReadFull(answer.Body, first)
		require.NoError(t, err)
		cancel()
		_, err = io.ReadAll(answer.Body)
		require.NoError(t, err)
		answer = ask(c.ctx, logs+"?follow=true", "")
		require.NoError(t, answer.Body.Close())
	})
}
