package server

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

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

// proxyService answers services/NAME/proxy/PATH, through one of the Service's Pods.
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
	chosen := -1
	for i, p := range service.Spec.Ports {
		if port == p.Name || port == strconv.Itoa(int(p.Port)) || port == "" && len(service.Spec.Ports) == 1 {
			chosen = i
			break
		}
	}
	if chosen < 0 {
		return meta.ServiceUnavailable(fmt.Sprintf("no endpoints available for service %q", c.info.Name))
	}
	target, err := s.endpointOf(c, q.Namespace, name, service.Spec.Ports[chosen].Name)
	if err != nil {
		return err
	}
	if !target.IsValid() {
		return meta.ServiceUnavailable(fmt.Sprintf("no endpoints available for service %q", c.info.Name))
	}
	return c.proxyTo(s, protocol, target.Addr().String(), strconv.Itoa(int(target.Port())))
}

// endpointOf chooses one of the addresses behind a port of a Service: its cluster
// IP is only known where there is a proxy for Services. It is not valid if there
// is none.
func (s *Server) endpointOf(c *call, namespace, service, port string) (netip.AddrPort, error) {
	q, err := s.related(c, meta.GroupVersionResource{Version: "v1", Resource: "endpoints"}, namespace, service)
	if err != nil {
		return netip.AddrPort{}, err
	}
	endpoints, err := readAs[*corev1.Endpoints](s, c, q)
	if meta.IsNotFound(err) {
		return netip.AddrPort{}, nil
	}
	if err != nil {
		return netip.AddrPort{}, err
	}
	var all []netip.AddrPort
	for i := range endpoints.Subsets {
		set := &endpoints.Subsets[i]
		for _, p := range set.Ports {
			if p.Name != port {
				continue
			}
			for _, a := range set.Addresses {
				if ip, err := netip.ParseAddr(a.IP); err == nil {
					all = append(all, netip.AddrPortFrom(ip, uint16(p.Port)))
				}
			}
		}
	}
	if len(all) == 0 {
		return netip.AddrPort{}, nil
	}
	return all[rand.IntN(len(all))], nil
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
