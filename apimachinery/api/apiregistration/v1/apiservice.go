package apiregistrationv1

import (
	"fmt"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

const (
	maxGroupPriority   = 20000
	maxVersionPriority = 1000
)

func apiservices() *scheme.Resource {
	return scheme.Define[APIService, APIServiceList](scheme.Spec[APIService]{
		Name:           "apiservices",
		Categories:     []string{"api-extensions"},
		Options:        scheme.Options{UpdateNeedsVersion: true},
		NameRule:       names.PathSegment, // the core group is empty: "v1."
		StoragePrefix:  "apiregistration.k8s.io/apiservices",
		Default:        DefaultAPIService,
		PrepareCreate:  announceLocal,
		Validate:       ValidateAPIService,
		ValidateUpdate: ValidateAPIServiceUpdate,
		Status: &scheme.Status[APIService]{
			Prepare:  func(s, old *APIService) { rules.KeepMetadata(&s.ObjectMeta, &old.ObjectMeta) },
			Resets:   []string{"metadata"},
			Validate: ValidateAPIServiceStatusUpdate,
		},
		Columns: []scheme.Column[APIService]{
			scheme.NameColumn[APIService](),
			{Name: "Service", Help: "The reference to the service that hosts this API endpoint.", Cell: func(s *APIService) any {
				if s.Spec.Service == nil {
					return "Local"
				}
				return s.Spec.Service.Namespace + "/" + s.Spec.Service.Name
			}},
			{Name: "Available", Help: "Whether this service is available.", Cell: func(s *APIService) any { return available(s) }},
			scheme.AgeColumn[APIService](),
		},
	})
}

func available(s *APIService) string {
	for _, c := range s.Status.Conditions {
		switch {
		case c.Type != Available:
		case c.Status == ConditionTrue:
			return string(c.Status)
		default:
			return fmt.Sprintf("%s (%s)", c.Status, c.Reason)
		}
	}
	return string(ConditionUnknown)
}

// announceLocal says that what the server itself serves can be had.
func announceLocal(s *APIService) {
	if s.Spec.Service == nil {
		s.Status.Conditions = []APIServiceCondition{{
			Type: Available, Status: ConditionTrue, LastTransitionTime: meta.Now(),
			Reason: "Local", Message: "Local APIServices are always available",
		}}
	}
}

// DefaultAPIService fills in what the author of an APIService left out.
func DefaultAPIService(s *APIService) {
	if s.Spec.Service != nil {
		rules.Default(&s.Spec.Service.Port, 443)
	}
}

// ValidateAPIService finds every fault of an APIService that is about to be
// made, whose name says which version of which group it is.
func ValidateAPIService(s *APIService) validate.Errors {
	want := s.Spec.Version + "." + s.Spec.Group
	rule := func(name string) []string {
		if problems := names.PathSegment(name); len(problems) > 0 || name == want {
			return problems
		}
		return []string{fmt.Sprintf("must be `spec.version+\".\"+spec.group`: %q", want)}
	}
	return append(validate.ObjectMeta(rules.Metadata, &s.ObjectMeta, false, rule), apiService(s)...)
}

// ValidateAPIServiceUpdate finds every fault of an APIService that is about to replace old.
func ValidateAPIServiceUpdate(s, old *APIService) validate.Errors {
	return append(validate.ObjectMetaUpdate(rules.Metadata, &s.ObjectMeta, &old.ObjectMeta), ValidateAPIService(s)...)
}

func apiService(s *APIService) validate.Errors {
	p, spec := rules.Spec, &s.Spec
	const local = "local APIServices may not have "
	between := func(name string, n, most int32) validate.Errors {
		return rules.Must(n > 0 && n <= most, p.Child(name), n, fmt.Sprintf("must be positive and less than %d", most))
	}
	errs := validate.All(
		rules.Require(spec.Group != "" || spec.Version == "v1", p.Child("group"), "only v1 may have an empty group and it better be legacy kube"),
		rules.Optional(p.Child("group"), spec.Group, names.DNSSubdomain),
		validate.String(p.Child("version"), spec.Version, names.DNS1035Label),
		between("groupPriorityMinimum", spec.GroupPriorityMinimum, maxGroupPriority),
		between("versionPriority", spec.VersionPriority, maxVersionPriority),
	)
	if spec.Service == nil {
		return validate.All(errs,
			rules.Must(len(spec.CABundle) == 0, p.Child("caBundle"), fmt.Sprintf("%d bytes", len(spec.CABundle)), local+"a caBundle"),
			rules.Must(!spec.InsecureSkipTLSVerify, p.Child("insecureSkipTLSVerify"), spec.InsecureSkipTLSVerify, local+"insecureSkipTLSVerify"),
		)
	}
	service := p.Child("service")
	return validate.All(errs,
		validate.NonEmpty(service.Child("namespace"), spec.Service.Namespace),
		validate.NonEmpty(service.Child("name"), spec.Service.Name),
		validate.IfSet(service.Child("port"), spec.Service.Port, func(p validate.Path, n int32) validate.Errors {
			return rules.Must(n >= 1 && n <= 65535, p, n, "port is not valid: must be between 1 and 65535, inclusive")
		}),
		rules.Must(!spec.InsecureSkipTLSVerify || len(spec.CABundle) == 0, p.Child("insecureSkipTLSVerify"), spec.InsecureSkipTLSVerify, "may not be true if caBundle is present"),
	)
}

// ValidateAPIServiceStatusUpdate finds every fault of an APIService's status.
func ValidateAPIServiceStatusUpdate(s, old *APIService) validate.Errors {
	return append(validate.ObjectMetaUpdate(rules.Metadata, &s.ObjectMeta, &old.ObjectMeta),
		validate.Each(rules.Status.Child("conditions"), s.Status.Conditions, func(p validate.Path, c *APIServiceCondition) validate.Errors {
			return validate.In(p.Child("status"), c.Status, ConditionTrue, ConditionFalse, ConditionUnknown)
		})...)
}
