package corev1

import (
	"fmt"

	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// handler is what probes and lifecycle hooks may do, of which they do one thing.
type handler struct {
	exec  *ExecAction
	http  *HTTPGetAction
	tcp   *TCPSocketAction
	grpc  *GRPCAction
	sleep *SleepAction
	grace int64 // how long the Pod has to end
}

func (h handler) validate(p validate.Path) validate.Errors {
	one := &onlyOne{tooMany: "may not specify more than 1 handler type"}
	errs := validate.All(
		one.of(h.exec != nil, p.Child("exec"), func(p validate.Path) validate.Errors {
			return require(len(h.exec.Command) > 0, p.Child("command"), "")
		}),
		one.of(h.http != nil, p.Child("httpGet"), func(p validate.Path) validate.Errors { return httpGet(p, h.http) }),
		one.of(h.tcp != nil, p.Child("tcpSocket"), func(p validate.Path) validate.Errors {
			return portOrName(p.Child("port"), h.tcp.Port)
		}),
		one.of(h.grpc != nil, p.Child("grpc"), func(p validate.Path) validate.Errors {
			return validate.All(
				validate.Port(p.Child("port"), h.grpc.Port),
				validate.IfSet(p.Child("mode"), h.grpc.Mode, isOneOf(GRPCProbeModePlaintext, GRPCProbeModeTLS)),
			)
		}),
		one.of(h.sleep != nil, p.Child("sleep"), func(p validate.Path) validate.Errors {
			return must(0 <= h.sleep.Seconds && h.sleep.Seconds <= h.grace, p, h.sleep.Seconds,
				fmt.Sprintf("must be non-negative and less than terminationGracePeriodSeconds (%d)", h.grace))
		}),
	)
	return append(errs, require(one.n > 0, p, "must specify a handler type")...)
}

// onlyOne checks members of which just one may be set; those after the first
// are refused and not looked at.
type onlyOne struct {
	tooMany string
	n       int
}

func (o *onlyOne) of(set bool, p validate.Path, check func(p validate.Path) validate.Errors) validate.Errors {
	if !set {
		return nil
	}
	if o.n++; o.n > 1 {
		return validate.Forbidden(p, o.tooMany)
	}
	return check(p)
}

// isOneOf is the check that a value is one of those known.
func isOneOf[T ~string](known ...T) validate.Check[T] {
	return func(p validate.Path, value T) validate.Errors { return validate.In(p, value, known...) }
}

func httpGet(p validate.Path, h *HTTPGetAction) validate.Errors {
	return validate.All(
		validate.NonEmpty(p.Child("path"), h.Path),
		portOrName(p.Child("port"), h.Port),
		validate.In(p.Child("scheme"), h.Scheme, URISchemeHTTP, URISchemeHTTPS),
		validate.IfSet(p.Child("protocol"), h.Protocol, isOneOf(HTTPProtocolHTTP1, HTTPProtocolHTTP2)),
		validate.Each(validate.Path{}, h.HTTPHeaders, func(_ validate.Path, header *HTTPHeader) validate.Errors {
			return validate.String(p.Child("httpHeaders"), header.Name, names.HTTPHeaderName)
		}),
	)
}

// portOrName is the rule for a port by number or by name.
func portOrName(p validate.Path, port intstr.IntOrString) validate.Errors {
	if port.Type == intstr.String {
		return validate.String(p, port.StrVal, names.PortName)
	}
	return validate.Port(p, port.IntVal)
}

func probe(p validate.Path, probe *Probe, spec *PodSpec) validate.Errors {
	h := handler{exec: probe.Exec, http: probe.HTTPGet, tcp: probe.TCPSocket, grpc: probe.GRPC, grace: graceOf(spec)}
	return validate.All(
		h.validate(p),
		validate.NonNegative(p.Child("initialDelaySeconds"), probe.InitialDelaySeconds),
		validate.NonNegative(p.Child("timeoutSeconds"), probe.TimeoutSeconds),
		validate.NonNegative(p.Child("periodSeconds"), probe.PeriodSeconds),
		validate.NonNegative(p.Child("successThreshold"), probe.SuccessThreshold),
		validate.NonNegative(p.Child("failureThreshold"), probe.FailureThreshold),
		validate.IfSet(p.Child("terminationGracePeriodSeconds"), probe.TerminationGracePeriodSeconds, validate.GreaterThan[int64](0)),
	)
}

// livenessProbe is the rule for probes that end a container, startup probes included.
func livenessProbe(p validate.Path, pr *Probe, spec *PodSpec) validate.Errors {
	if pr == nil {
		return nil
	}
	return append(probe(p, pr, spec), must(pr.SuccessThreshold == 1, p.Child("successThreshold"), pr.SuccessThreshold, "must be 1")...)
}

func readinessProbe(p validate.Path, pr *Probe, spec *PodSpec) validate.Errors {
	if pr == nil {
		return nil
	}
	return append(probe(p, pr, spec), must(pr.TerminationGracePeriodSeconds == nil, p.Child("terminationGracePeriodSeconds"),
		pr.TerminationGracePeriodSeconds, "must not be set for readinessProbes")...)
}

func lifecycle(p validate.Path, l *Lifecycle, spec *PodSpec) validate.Errors {
	if l == nil {
		return nil
	}
	hook := func(p validate.Path, h LifecycleHandler) validate.Errors {
		return handler{exec: h.Exec, http: h.HTTPGet, tcp: h.TCPSocket, sleep: h.Sleep, grace: graceOf(spec)}.validate(p)
	}
	return validate.All(
		validate.IfSet(p.Child("postStart"), l.PostStart, hook),
		validate.IfSet(p.Child("preStop"), l.PreStop, hook),
		validate.IfSet(p.Child("stopSignal"), l.StopSignal, func(p validate.Path, s Signal) validate.Errors { return stopSignal(p, s, spec.OS) }),
	)
}

func graceOf(spec *PodSpec) int64 {
	if spec.TerminationGracePeriodSeconds == nil {
		return 0
	}
	return *spec.TerminationGracePeriodSeconds
}

func stopSignal(p validate.Path, s Signal, os *PodOS) validate.Errors {
	switch {
	case os == nil || os.Name == "":
		return validate.Forbidden(p, "may not be set for containers with empty `spec.os.name`")
	case os.Name == Windows:
		return validate.In(p, s, SIGKILL, SIGTERM)
	}
	return validate.In(p, s, linuxSignals...)
}

var linuxSignals = validate.Sorted(
	SIGABRT, SIGALRM, SIGBUS, SIGCHLD, SIGCLD, SIGCONT, SIGFPE, SIGHUP, SIGILL, SIGINT, SIGIO, SIGIOT, SIGKILL, SIGPIPE, SIGPOLL, SIGPROF,
	SIGPWR, SIGQUIT, SIGSEGV, SIGSTKFLT, SIGSTOP, SIGSYS, SIGTERM, SIGTRAP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGUSR1, SIGUSR2, SIGVTALRM,
	SIGWINCH, SIGXCPU, SIGXFSZ, SIGRTMIN, SIGRTMINPLUS1, SIGRTMINPLUS2, SIGRTMINPLUS3, SIGRTMINPLUS4, SIGRTMINPLUS5, SIGRTMINPLUS6,
	SIGRTMINPLUS7, SIGRTMINPLUS8, SIGRTMINPLUS9, SIGRTMINPLUS10, SIGRTMINPLUS11, SIGRTMINPLUS12, SIGRTMINPLUS13, SIGRTMINPLUS14,
	SIGRTMINPLUS15, SIGRTMAX, SIGRTMAXMINUS1, SIGRTMAXMINUS2, SIGRTMAXMINUS3, SIGRTMAXMINUS4, SIGRTMAXMINUS5, SIGRTMAXMINUS6,
	SIGRTMAXMINUS7, SIGRTMAXMINUS8, SIGRTMAXMINUS9, SIGRTMAXMINUS10, SIGRTMAXMINUS11, SIGRTMAXMINUS12, SIGRTMAXMINUS13, SIGRTMAXMINUS14,
)
