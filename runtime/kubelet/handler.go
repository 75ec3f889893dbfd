package kubelet

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Handler returns the kubelet's HTTP interface, which API servers pass requests
// on to. It lets everybody in: put authentication in front of it before it listens,
// as [Server] does.
//
// Logs, Pods and metrics are always there; exec, attach and portForward where the
// runtime is a [Streamer], run where it is an [Execer]; else they are 501.
func (k *Kubelet) Handler() http.Handler {
	k.handlerOnce.Do(func() { k.handler = k.newHandler() })
	return k.handler
}

func (k *Kubelet) newHandler() http.Handler {
	mux := http.NewServeMux()
	ok := func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }
	mux.HandleFunc("GET /healthz", ok)
	mux.HandleFunc("GET /healthz/ping", ok)
	mux.HandleFunc("GET /healthz/syncloop", ok)
	for _, path := range []string{"/pods", "/pods/"} {
		mux.HandleFunc("GET "+path, k.servePods)
	}
	for _, path := range []string{"/runningpods", "/runningpods/"} {
		mux.HandleFunc("GET "+path, k.serveRunningPods)
	}
	mux.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", k.serveLogs)
	for _, method := range []string{"GET ", "POST "} {
		for path, serve := range map[string]http.HandlerFunc{"exec": k.serveExec, "attach": k.serveAttach, "run": k.serveRun} {
			mux.HandleFunc(method+"/"+path+"/{namespace}/{pod}/{container}", serve)
			mux.HandleFunc(method+"/"+path+"/{namespace}/{pod}/{uid}/{container}", serve)
		}
		mux.HandleFunc(method+"/portForward/{namespace}/{pod}", k.servePortForward)
		mux.HandleFunc(method+"/portForward/{namespace}/{pod}/{uid}", k.servePortForward)
		mux.HandleFunc(method+"/stats/summary", k.serveSummary)
	}
	mux.HandleFunc("GET /configz", k.serveConfig)
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	for path, serve := range map[string]http.HandlerFunc{"cmdline": pprof.Cmdline, "profile": pprof.Profile, "symbol": pprof.Symbol, "trace": pprof.Trace} {
		mux.HandleFunc("GET /debug/pprof/"+path, serve)
	}
	mux.HandleFunc("GET /metrics/resource", scrape(k.resourceMetrics))
	mux.HandleFunc("GET /metrics/cadvisor", scrape(k.containerMetrics))
	if dir := k.opts.SystemLogDir; dir != "" {
		mux.Handle("GET /logs/", http.StripPrefix("/logs/", http.FileServer(http.Dir(dir))))
	}
	requests, err := newRequestMetrics(k)
	if err != nil {
		mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) { answerError(w, r, meta.InternalError(err)) })
		return mux
	}
	mux.Handle("GET /metrics/probes", promhttp.HandlerFor(requests.probes, promhttp.HandlerOpts{}))
	mux.Handle("GET /metrics", promhttp.HandlerFor(requests.registry, promhttp.HandlerOpts{}))
	return requests.counted(mux)
}

// serveRunningPods answers with the Pods that the runtime has, whatever the API says
// of them.
func (k *Kubelet) serveRunningPods(w http.ResponseWriter, r *http.Request) {
	all, err := k.runtime.Pods(r.Context())
	if err != nil {
		answerError(w, r, asked(err))
		return
	}
	list := &corev1.PodList{TypeMeta: meta.TypeMeta{APIVersion: "v1", Kind: "PodList"}, Items: []corev1.Pod{}}
	for i := range all {
		pod := corev1.Pod{ObjectMeta: meta.ObjectMeta{Namespace: all[i].Namespace, Name: all[i].Name, UID: all[i].UID}}
		for _, c := range all[i].Containers {
			if c.State == Running {
				pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: c.Name, Image: c.Image})
			}
		}
		if len(pod.Spec.Containers) > 0 {
			list.Items = append(list.Items, pod)
		}
	}
	answerJSON(w, r, list)
}

func answerJSON(w http.ResponseWriter, r *http.Request, obj any) {
	data, err := codec.MarshalJSON(obj)
	if err != nil {
		answerError(w, r, meta.InternalError(err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(data)
}

// serveConfig answers with the options, in the words of Kubernetes' configuration of
// kubelets, and with what there is no choice about.
func (k *Kubelet) serveConfig(w http.ResponseWriter, r *http.Request) {
	o := &k.opts
	softGrace, reserved, taints := map[string]string{}, map[string]string{}, []map[string]string{}
	for signal, d := range o.Eviction.SoftGracePeriod {
		softGrace[signal] = d.String()
	}
	for name, q := range o.Reserved {
		reserved[string(name)] = q.String()
	}
	for i := range o.Taints {
		taints = append(taints, map[string]string{"key": o.Taints[i].Key, "value": o.Taints[i].Value, "effect": string(o.Taints[i].Effect)})
	}
	hard := o.Eviction.Hard
	if hard == nil {
		hard = hardDefaults
	}
	enforced := []string{"pods"}
	if _, ok := k.runtime.(Bounder); !ok || o.DisableAllocatableLimit || o.Machine == nil {
		enforced = []string{"none"}
	}
	pods := o.Capacity[corev1.ResourcePods]
	config := map[string]any{
		"kind": "KubeletConfiguration", "apiVersion": "kubelet.config.k8s.io/v1beta1",
		"port": o.Port, "clusterDomain": o.ClusterDomain, "clusterDNS": append([]netip.Addr{}, o.ClusterDNS...),
		"staticPodPath": o.StaticPodDir, "podLogsDir": o.LogDir, "resolvConf": o.ResolvConf, "providerID": o.ProviderID,
		"nodeStatusUpdateFrequency": o.HeartbeatInterval.String(), "nodeStatusReportFrequency": o.StatusInterval.String(),
		"nodeLeaseDurationSeconds": int64(o.LeaseDuration / time.Second), "registerNode": true, "registerWithTaints": taints,
		"containerLogMaxSize": o.ContainerLogMaxSize, "containerLogMaxFiles": o.ContainerLogMaxFiles,
		"crashLoopBackOff": map[string]any{"maxContainerRestartPeriod": o.MaxRestartDelay.String()},
		"evictionHard":     hard, "evictionSoft": o.Eviction.Soft, "evictionSoftGracePeriod": softGrace,
		"evictionPressureTransitionPeriod": o.Eviction.PressureTransitionPeriod.String(), "evictionMaxPodGracePeriod": int64(o.Eviction.MaxPodGracePeriod / time.Second),
		"imageGCHighThresholdPercent": o.Images.HighThresholdPercent, "imageGCLowThresholdPercent": o.Images.LowThresholdPercent, "imageMinimumGCAge": o.Images.MinimumAge.String(),
		"systemReserved": reserved, "enforceNodeAllocatable": enforced, "maxPods": cmp.Or(pods.Value(), mostPods),
		"allowedUnsafeSysctls": append([]string{}, o.AllowedUnsafeSysctls...), "enableSystemLogHandler": o.SystemLogDir != "",
		"cgroupDriver": "cgroupfs", "cgroupsPerQOS": true, "cpuCFSQuota": true, "cpuManagerPolicy": "none", "memoryManagerPolicy": "None", "topologyManagerPolicy": "none",
		"configMapAndSecretChangeDetectionStrategy": "Watch", "enableControllerAttachDetach": true, "enableDebuggingHandlers": true, "enableServer": true, "failSwapOn": false,
		"fileCheckFrequency": staticInterval.String(),
	}
	data, err := json.Marshal(map[string]any{"kubeletconfig": config})
	if err != nil {
		answerError(w, r, meta.InternalError(err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(data)
}

func (k *Kubelet) servePods(w http.ResponseWriter, r *http.Request) {
	answerJSON(w, r, k.list())
}

func (k *Kubelet) serveLogs(w http.ResponseWriter, r *http.Request) {
	options, previous, err := logOptions(r.URL.Query(), time.Now())
	if err != nil {
		answerError(w, r, meta.BadRequest(err.Error()))
		return
	}
	log, err := k.Logs(r.Context(), r.PathValue("namespace"), r.PathValue("pod"), r.PathValue("container"), previous, options)
	if err != nil {
		answerError(w, r, err)
		return
	}
	defer func() { _ = log.Close() }()
	w.Header().Set("Content-Type", "text/plain")
	w.WriteHeader(http.StatusOK)
	flusher := http.NewResponseController(w)
	_ = flusher.Flush()
	buffer := make([]byte, 8<<10)
	for {
		n, err := log.Read(buffer)
		if n > 0 {
			if _, err := w.Write(buffer[:n]); err != nil {
				return // the reader has left
			}
			_ = flusher.Flush()
		}
		if err != nil {
			return
		}
	}
}

// logOptions reads the query of a log.
func logOptions(q url.Values, now time.Time) (options LogOptions, previous bool, err error) {
	flag := func(name string) (set bool) {
		if v := q.Get(name); v != "" {
			var e error
			if set, e = strconv.ParseBool(v); e != nil {
				err = cmp.Or(err, fmt.Errorf("%s: %q is not a boolean", name, v))
			}
		}
		return set
	}
	number := func(name string) *int64 {
		v := q.Get(name)
		if v == "" || name == "tailLines" && v == "all" {
			return nil
		}
		n, e := strconv.ParseInt(v, 10, 64)
		if e != nil || n < 0 {
			err = cmp.Or(err, fmt.Errorf("%s: %q is not a number that can be", name, v))
		}
		return &n
	}
	options.Follow, options.Timestamps, previous = flag("follow"), flag("timestamps"), flag("previous")
	options.TailLines, options.LimitBytes = number("tailLines"), number("limitBytes")
	var at *time.Time
	if v := q.Get("sinceTime"); v != "" {
		t, e := time.Parse(time.RFC3339, v)
		if e != nil {
			err = cmp.Or(err, fmt.Errorf("sinceTime: %q is not a time as in RFC 3339", v))
		}
		at = &t
	}
	options.Since = since(now, number("sinceSeconds"), at)
	return options, previous, err
}

// answerError answers as kubelets do, in plain text, which API servers make a
// Status of; whoever asks for JSON gets that Status at once.
func answerError(w http.ResponseWriter, r *http.Request, err error) {
	status := meta.AsStatus(err)
	if status == nil {
		status = &meta.InternalError(err).Status
	}
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		if data, err := codec.MarshalJSON(status); err == nil {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(int(status.Code))
			_, _ = w.Write(data)
			return
		}
	}
	http.Error(w, status.Message, int(status.Code))
}
