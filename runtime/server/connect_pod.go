package server

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/stream"
)

// connectPod passes a request on to the kubelet of the Pod's node. An error is
// returned only while nothing has been answered.
func (s *Server) connectPod(c *call) error {
	sub := c.sub.Name
	if sub != "log" && c.r.Method == http.MethodGet && stream.WantsWebSocket(c.r) {
		// Browsers can ask by GET only; what they ask for is to make something run.
		a := c.attributes()
		a.Verb = meta.VerbCreate
		if err := c.authorize(a); err != nil {
			return err
		}
	}
	pod, err := s.pod(c)
	if err != nil {
		return err
	}
	query := c.query()
	container := ""
	if sub != "portforward" {
		if sub == "log" {
			if err := checkLogOptions(query); err != nil {
				return err
			}
		}
		if container, err = containerOf(pod, query.Get("container"), sub); err != nil {
			return err
		}
	}
	if pod.Spec.NodeName == "" {
		if sub == "log" {
			c.w.Header().Set("Content-Type", "text/plain")
			c.w.WriteHeader(http.StatusNoContent) // nothing has run, so nothing was said
			return nil
		}
		return meta.BadRequest(fmt.Sprintf("pod %s does not have a host assigned", pod.Name))
	}
	place := "/" + url.PathEscape(pod.Namespace) + "/" + url.PathEscape(pod.Name)
	target, node := &url.URL{}, string(pod.Spec.NodeName)
	switch sub {
	case "log":
		target.Path = "/containerLogs" + place + "/" + container
		target.RawQuery = pick(query, "follow", "previous", "timestamps", "tailLines", "limitBytes", "sinceSeconds", "sinceTime", "stream").Encode()
		if stream.WantsWebSocket(c.r) {
			return s.logToWebSocket(c, node, target)
		}
		return s.passToNode(c, node, target)
	case "portforward":
		target.Path = "/portForward" + place
		target.RawQuery = url.Values{"port": query["ports"]}.Encode()
		return s.forwardPorts(c, node, target)
	}
	target.Path = "/" + sub + place + "/" + container
	target.RawQuery = streamQuery(query).Encode()
	return s.runStreams(c, node, target)
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
