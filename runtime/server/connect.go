package server

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// connect answers the subresources that lead to a kubelet, a Pod or a Service.
func (s *Server) connect(c *call) {
	var err error
	switch c.resource.Kind + "/" + c.sub.Name {
	case "Pod/log", "Pod/exec", "Pod/attach", "Pod/portforward":
		err = s.connectPod(c)
	case "Node/proxy":
		err = s.proxyNode(c)
	case "Pod/proxy":
		err = s.proxyPod(c)
	case "Service/proxy":
		err = s.proxyService(c)
	default:
		err = meta.NoSuchResource()
	}
	if err != nil {
		c.fail(err)
	}
}

// connectPod passes a request on to the kubelet of the Pod's node. An error is
// returned only while nothing has been answered.
func (s *Server) connectPod(c *call) error {
	pod, err := s.pod(c)
	if err != nil {
		return err
	}
	query := c.query()
	container := ""
	if c.sub.Name != "portforward" {
		if c.sub.Name == "log" {
			if err := checkLogOptions(query); err != nil {
				return err
			}
		}
		if container, err = containerOf(pod, query.Get("container"), c.sub.Name); err != nil {
			return err
		}
	}
	if pod.Spec.NodeName == "" {
		if c.sub.Name == "log" {
			c.w.Header().Set("Content-Type", "text/plain")
			c.w.WriteHeader(http.StatusNoContent) // nothing has run, so nothing was said
			return nil
		}
		return meta.BadRequest(fmt.Sprintf("pod %s does not have a host assigned", pod.Name))
	}
	place := "/" + url.PathEscape(pod.Namespace) + "/" + url.PathEscape(pod.Name)
	target := &url.URL{}
	switch c.sub.Name {
	case "log":
		target.Path = "/containerLogs" + place + "/" + container
		target.RawQuery = pick(query, "follow", "previous", "timestamps", "tailLines", "limitBytes", "sinceSeconds", "sinceTime", "stream").Encode()
	case "portforward":
		target.Path = "/portForward" + place
		target.RawQuery = pick(query, "ports").Encode()
		target.RawQuery = strings.ReplaceAll(target.RawQuery, "ports=", "port=")
	default:
		target.Path = "/" + c.sub.Name + place + "/" + container
		target.RawQuery = streamQuery(query).Encode()
	}
	return s.passToNode(c, string(pod.Spec.NodeName), target)
}

// streamQuery is the query of exec and attach in the kubelet's words.
func streamQuery(query url.Values) url.Values {
	out := url.Values{}
	for from, to := range map[string]string{"stdin": "input", "stdout": "output", "stderr": "error", "tty": "tty"} {
		if values, ok := query[from]; ok && parseBool(values) {
			out.Set(to, "1")
		}
	}
	for _, part := range query["command"] {
		out.Add("command", part)
	}
	return out
}

func pick(query url.Values, keys ...string) url.Values {
	out := url.Values{}
	for _, key := range keys {
		if values, ok := query[key]; ok {
			out[key] = values
		}
	}
	return out
}

// checkLogOptions refuses a query of a log that does not parse.
func checkLogOptions(query url.Values) error {
	p := params{Values: query}
	for _, key := range []string{"tailLines", "limitBytes", "sinceSeconds"} {
		n := p.optionalInt(key)
		least := int64(0)
		if key != "tailLines" {
			least = 1
		}
		if n != nil && *n < least {
			return meta.Invalid(meta.GroupKind{Kind: "PodLogOptions"}, "", []meta.StatusCause{{
				Type: meta.CauseTypeFieldValueInvalid, Field: key,
				Message: fmt.Sprintf("Invalid value: %d: must be greater than %s%d", *n, map[bool]string{true: "or equal to ", false: ""}[least == 0], 0),
			}})
		}
	}
	return p.done()
}

// containerOf is the container that a request names, or the one that it means.
func containerOf(pod *corev1.Pod, name, what string) (string, error) {
	var names, inits, debuggers []string
	for _, c := range pod.Spec.Containers {
		names = append(names, c.Name)
	}
	for _, c := range pod.Spec.InitContainers {
		inits = append(inits, c.Name)
	}
	for _, c := range pod.Spec.EphemeralContainers {
		debuggers = append(debuggers, c.Name)
	}
	if name != "" {
		if slices.Contains(slices.Concat(names, inits, debuggers), name) {
			return name, nil
		}
		return "", meta.BadRequest(fmt.Sprintf("container %s is not valid for pod %s", name, pod.Name))
	}
	if len(names) == 1 && len(inits) == 0 && len(debuggers) == 0 {
		return names[0], nil
	}
	if chosen := pod.Annotations["kubectl.kubernetes.io/default-container"]; chosen != "" && what != "log" && slices.Contains(names, chosen) {
		return chosen, nil
	}
	if len(names) == 1 && what != "log" {
		return names[0], nil
	}
	text := fmt.Sprintf("a container name must be specified for pod %s, choose one of: %v", pod.Name, names)
	if len(inits) > 0 {
		text += fmt.Sprintf(" or one of the init containers: %v", inits)
	}
	if len(debuggers) > 0 {
		text += fmt.Sprintf(" or one of the ephemeral containers: %v", debuggers)
	}
	return "", meta.BadRequest(text)
}

func (s *Server) pod(c *call) (*corev1.Pod, error) {
	q := c.request()
	q.Subresource = ""
	return readAs[*corev1.Pod](s, c, q)
}

// readAs reads one object in the version of its resource.
func readAs[T meta.Object](s *Server, c *call, q *registry.Request) (T, error) {
	var none T
	item, err := s.reg.Get(c.r.Context(), q, meta.GetOptions{})
	if err != nil {
		return none, err
	}
	obj, err := item.Object()
	if err != nil {
		return none, err
	}
	typed, ok := obj.(T)
	if !ok {
		return none, fmt.Errorf("%s %q is a %T", q.Resource.Name, q.Name, obj)
	}
	return typed, nil
}

// read reads an object that a request is about only indirectly.
func (s *Server) related(c *call, gvr meta.GroupVersionResource, namespace, name string) (*registry.Request, error) {
	res, ok := s.reg.Scheme().Resource(gvr)
	if !ok {
		return nil, fmt.Errorf("this server has no %s", gvr)
	}
	return &registry.Request{Resource: res, Namespace: namespace, Name: name, User: c.user}, nil
}

var errNoConnector = meta.ServiceUnavailable("this server has no connection to nodes")

// passToNode passes the request on to a node's kubelet.
func (s *Server) passToNode(c *call, name string, target *url.URL) error {
	if s.opts.NodeConnector == nil {
		return errNoConnector
	}
	q, err := s.related(c, meta.GroupVersionResource{Version: "v1", Resource: "nodes"}, "", name)
	if err != nil {
		return err
	}
	node, err := readAs[*corev1.Node](s, c, q)
	if err != nil {
		return err
	}
	base, transport, err := s.opts.NodeConnector.Connect(c.r.Context(), node)
	if err != nil {
		return err
	}
	target.Scheme, target.Host = base.Scheme, base.Host
	target.Path = strings.TrimSuffix(base.Path, "/") + target.Path
	c.proxy(target, transport)
	return nil
}

// proxy passes the request on to target, streams and upgrades included. It
// answers in any case.
func (c *call) proxy(target *url.URL, transport http.RoundTripper) {
	p := &httputil.ReverseProxy{
		Transport:     transport,
		FlushInterval: -1, // logs and the like are read as they come
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL, r.Out.Host = target, target.Host
			r.SetXForwarded()
		},
		ErrorHandler: func(_ http.ResponseWriter, _ *http.Request, err error) {
			c.fail(meta.ServiceUnavailable(fmt.Sprintf("error trying to reach service: %v", err)))
		},
	}
	// What runs behind speaks for itself.
	c.w.Header().Del("Cache-Control")
	p.ServeHTTP(c.w, c.r)
}

// proxyNode answers nodes/NAME/proxy/PATH.
func (s *Server) proxyNode(c *call) error {
	name, _, _ := strings.Cut(c.info.Name, ":")
	return s.passToNode(c, name, &url.URL{Path: c.proxyPath(), RawQuery: c.r.URL.RawQuery})
}

// proxyPath is what comes after proxy in the path.
func (c *call) proxyPath() string {
	path := "/" + strings.Join(c.info.Parts[min(3, len(c.info.Parts)):], "/")
	if len(c.info.Parts) > 3 && strings.HasSuffix(c.info.Path, "/") && !strings.HasSuffix(path, "/") {
		path += "/"
	}
	return path
}

// splitProxyName reads SCHEME:NAME:PORT, of which scheme and port may be missing.
func splitProxyName(text string) (scheme, name, port string, err error) {
	switch parts := strings.Split(text, ":"); len(parts) {
	case 1:
		return "http", parts[0], "", nil
	case 2:
		return "http", parts[0], parts[1], nil
	case 3:
		if parts[0] == "" {
			parts[0] = "http"
		}
		if parts[0] == "http" || parts[0] == "https" {
			return parts[0], parts[1], parts[2], nil
		}
	}
	return "", "", "", meta.BadRequest(fmt.Sprintf("invalid request %q: must be [scheme:]name[:port]", text))
}

// proxyPod answers pods/NAME/proxy/PATH.
func (s *Server) proxyPod(c *call) error {
	protocol, name, port, err := splitProxyName(c.info.Name)
	if err != nil {
		return err
	}
	q := c.request()
	q.Name, q.Subresource = name, ""
	pod, err := readAs[*corev1.Pod](s, c, q)
	if err != nil {
		return err
	}
	if port == "" {
		for _, container := range pod.Spec.Containers {
			if len(container.Ports) > 0 {
				port = strconv.Itoa(int(container.Ports[0].ContainerPort))
				break
			}
		}
	}
	if pod.Status.PodIP == "" {
		return meta.BadRequest("address not allowed")
	}
	return c.proxyTo(s, protocol, pod.Status.PodIP, port)
}

// proxyService answers services/NAME/proxy/PATH, through the cluster IP.
func (s *Server) proxyService(c *call) error {
	protocol, name, port, err := splitProxyName(c.info.Name)
	if err != nil {
		return err
	}
	q := c.request()
	q.Name, q.Subresource = name, ""
	service, err := readAs[*corev1.Service](s, c, q)
	if err != nil {
		return err
	}
	found := ""
	for _, p := range service.Spec.Ports {
		number := strconv.Itoa(int(p.Port))
		if port == p.Name || port == number || port == "" && len(service.Spec.Ports) == 1 {
			found = number
			break
		}
	}
	ip := service.Spec.ClusterIP
	if found == "" || ip == "" || ip == "None" {
		return meta.ServiceUnavailable(fmt.Sprintf("no endpoints available for service %q", c.info.Name))
	}
	return c.proxyTo(s, protocol, ip, found)
}

// proxyTo passes the request on to an address of the cluster, but not to those by
// which the server would reach itself or the machine's own services.
func (c *call) proxyTo(s *Server, protocol, ip, port string) error {
	if addr := net.ParseIP(ip); addr == nil || addr.IsLoopback() || addr.IsLinkLocalUnicast() || addr.IsUnspecified() || addr.IsMulticast() {
		return meta.BadRequest("address not allowed")
	}
	host := ip
	if port != "" {
		host = net.JoinHostPort(ip, port)
	}
	c.proxy(&url.URL{Scheme: protocol, Host: host, Path: c.proxyPath(), RawQuery: c.r.URL.RawQuery}, s.opts.ProxyTransport)
	return nil
}
