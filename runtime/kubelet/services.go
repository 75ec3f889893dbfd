package kubelet

import (
	"context"
	"net"
	"strconv"
	"strings"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// serverService is the Service of the API servers, of which every Pod is told.
const serverService = "kubernetes"

// serviceVariables are what containers are told of the Services of their
// namespace, in the way of old container links, and of the API's own.
func (k *Kubelet) serviceVariables(ctx context.Context, pod *corev1.Pod) (map[string]string, error) {
	// The node's own Pods may be what serves the Services: they do not wait.
	if !isStatic(pod) {
		if err := k.services.WaitSynced(ctx); err != nil {
			return nil, err
		}
	}
	all := map[string]string{}
	api, ok := k.services.Get(meta.NamespaceDefault, serverService)
	if ok {
		describeService(all, api)
	}
	if links := pod.Spec.EnableServiceLinks; links != nil && !*links {
		return all, nil
	}
	for service := range k.services.In(pod.Namespace) {
		describeService(all, service)
	}
	return all, nil
}

// describeService adds the variables about a Service that has an address.
func describeService(all map[string]string, service *corev1.Service) {
	ip := service.Spec.ClusterIP
	if ip == "" || ip == corev1.ClusterIPNone || len(service.Spec.Ports) == 0 {
		return
	}
	prefix := variableName(service.Name)
	all[prefix+"_SERVICE_HOST"] = ip
	for i := range service.Spec.Ports {
		p := &service.Spec.Ports[i]
		port, protocol := strconv.Itoa(int(p.Port)), p.Protocol
		if protocol == "" {
			protocol = corev1.ProtocolTCP
		}
		url := strings.ToLower(string(protocol)) + "://" + net.JoinHostPort(ip, port)
		if i == 0 {
			all[prefix+"_SERVICE_PORT"], all[prefix+"_PORT"] = port, url
		}
		if p.Name != "" {
			all[prefix+"_SERVICE_PORT_"+variableName(p.Name)] = port
		}
		link := prefix + "_PORT_" + port + "_" + strings.ToUpper(string(protocol))
		all[link], all[link+"_PROTO"], all[link+"_PORT"], all[link+"_ADDR"] = url, strings.ToLower(string(protocol)), port, ip
	}
}

func variableName(name string) string {
	return strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}
