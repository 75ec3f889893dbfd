package admissionregistrationv1

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/cel"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

const webhooksHelp = "Webhooks indicates the number of webhooks registered in this configuration"

var webhooksPath = validate.NewPath("webhooks")

func mutatingwebhookconfigurations() *scheme.Resource {
	return scheme.Define[MutatingWebhookConfiguration, MutatingWebhookConfigurationList](scheme.Spec[MutatingWebhookConfiguration]{
		Name:        "mutatingwebhookconfigurations",
		Categories:  []string{"api-extensions"},
		Default:     DefaultMutatingWebhookConfiguration,
		Validate:    ValidateMutatingWebhookConfiguration,
		SpecChanged: func(c, old *MutatingWebhookConfiguration) bool { return replaced(c.Webhooks, old.Webhooks) },
		Columns: []scheme.Column[MutatingWebhookConfiguration]{
			scheme.NameColumn[MutatingWebhookConfiguration](),
			{Name: "Webhooks", Type: "integer", Help: webhooksHelp, Cell: func(c *MutatingWebhookConfiguration) any { return int64(len(c.Webhooks)) }},
			scheme.AgeColumn[MutatingWebhookConfiguration](),
		},
	})
}

func validatingwebhookconfigurations() *scheme.Resource {
	return scheme.Define[ValidatingWebhookConfiguration, ValidatingWebhookConfigurationList](scheme.Spec[ValidatingWebhookConfiguration]{
		Name:        "validatingwebhookconfigurations",
		Categories:  []string{"api-extensions"},
		Default:     DefaultValidatingWebhookConfiguration,
		Validate:    ValidateValidatingWebhookConfiguration,
		SpecChanged: func(c, old *ValidatingWebhookConfiguration) bool { return replaced(c.Webhooks, old.Webhooks) },
		Columns: []scheme.Column[ValidatingWebhookConfiguration]{
			scheme.NameColumn[ValidatingWebhookConfiguration](),
			{Name: "Webhooks", Type: "integer", Help: webhooksHelp, Cell: func(c *ValidatingWebhookConfiguration) any { return int64(len(c.Webhooks)) }},
			scheme.AgeColumn[ValidatingWebhookConfiguration](),
		},
	})
}

// replaced says whether webhooks changed; for Kubernetes an empty list is not
// what it was stored as, none.
func replaced[T any](hooks, old []T) bool {
	return !validate.Equal(hooks, old) || (hooks == nil) != (old == nil)
}

// DefaultMutatingWebhookConfiguration fills in what the author of webhooks left out.
func DefaultMutatingWebhookConfiguration(c *MutatingWebhookConfiguration) {
	for i := range c.Webhooks {
		w := &c.Webhooks[i]
		defaultWebhook(&w.FailurePolicy, &w.MatchPolicy, &w.NamespaceSelector, &w.ObjectSelector, &w.TimeoutSeconds, &w.ClientConfig, w.Rules)
		rules.Default(&w.ReinvocationPolicy, NeverReinvocationPolicy)
	}
}

// DefaultValidatingWebhookConfiguration fills in what the author of webhooks left out.
func DefaultValidatingWebhookConfiguration(c *ValidatingWebhookConfiguration) {
	for i := range c.Webhooks {
		w := &c.Webhooks[i]
		defaultWebhook(&w.FailurePolicy, &w.MatchPolicy, &w.NamespaceSelector, &w.ObjectSelector, &w.TimeoutSeconds, &w.ClientConfig, w.Rules)
	}
}

func defaultWebhook(failure **FailurePolicyType, match **MatchPolicyType, namespaces, objects **meta.LabelSelector, timeout **int32, client *WebhookClientConfig, requests []RuleWithOperations) {
	rules.Default(failure, Fail)
	rules.Default(match, Equivalent)
	rules.Default(namespaces, meta.LabelSelector{})
	rules.Default(objects, meta.LabelSelector{})
	rules.Default(timeout, 10)
	if client.Service != nil {
		rules.Default(&client.Service.Port, 443)
	}
	for i := range requests {
		rules.Default(&requests[i].Scope, AllScopes)
	}
}

// ValidateMutatingWebhookConfiguration finds every fault of webhooks.
func ValidateMutatingWebhookConfiguration(c *MutatingWebhookConfiguration) validate.Errors {
	seen := map[string]bool{}
	return validate.All(
		validate.ObjectMeta(rules.Metadata, &c.ObjectMeta, false, names.DNSSubdomain),
		validate.Each(webhooksPath, c.Webhooks, func(p validate.Path, w *MutatingWebhook) validate.Errors {
			return append(webhook(p, seen, &ValidatingWebhook{
				Name: w.Name, ClientConfig: w.ClientConfig, Rules: w.Rules, FailurePolicy: w.FailurePolicy, MatchPolicy: w.MatchPolicy,
				NamespaceSelector: w.NamespaceSelector, ObjectSelector: w.ObjectSelector, SideEffects: w.SideEffects,
				TimeoutSeconds: w.TimeoutSeconds, AdmissionReviewVersions: w.AdmissionReviewVersions, MatchConditions: w.MatchConditions,
			}), validate.IfSet(p.Child("reinvocationPolicy"), w.ReinvocationPolicy, func(p validate.Path, r ReinvocationPolicyType) validate.Errors {
				return validate.In(p, r, IfNeededReinvocationPolicy, NeverReinvocationPolicy)
			})...)
		}),
	)
}

// ValidateValidatingWebhookConfiguration finds every fault of webhooks.
func ValidateValidatingWebhookConfiguration(c *ValidatingWebhookConfiguration) validate.Errors {
	seen := map[string]bool{}
	return validate.All(
		validate.ObjectMeta(rules.Metadata, &c.ObjectMeta, false, names.DNSSubdomain),
		validate.Each(webhooksPath, c.Webhooks, func(p validate.Path, w *ValidatingWebhook) validate.Errors { return webhook(p, seen, w) }),
	)
}

// webhook checks one webhook; seen has the names of those before.
func webhook(p validate.Path, seen map[string]bool, w *ValidatingWebhook) validate.Errors {
	again := seen[w.Name]
	seen[w.Name] = true
	return validate.All(
		validate.Named(p.Child("name"), w.Name, names.FullyQualified),
		validate.Each(p.Child("rules"), w.Rules, operationRule),
		failurePolicy(p.Child("failurePolicy"), w.FailurePolicy),
		matchPolicy(p.Child("matchPolicy"), w.MatchPolicy),
		rules.Require(w.SideEffects != nil, p.Child("sideEffects"), "must specify one of None, NoneOnDryRun"),
		validate.IfSet(p.Child("sideEffects"), w.SideEffects, func(p validate.Path, s SideEffectClass) validate.Errors {
			return validate.In(p, s, SideEffectClassNone, SideEffectClassNoneOnDryRun)
		}),
		validate.IfSet(p.Child("timeoutSeconds"), w.TimeoutSeconds, func(p validate.Path, n int32) validate.Errors {
			return rules.Must(n >= 1 && n <= 30, p, n, "the timeout value must be between 1 and 30 seconds")
		}),
		validate.LabelSelector(p.Child("namespaceSelector"), w.NamespaceSelector),
		validate.LabelSelector(p.Child("objectSelector"), w.ObjectSelector),
		clientConfig(p.Child("clientConfig"), &w.ClientConfig),
		matchConditions(p.Child("matchConditions"), w.MatchConditions, cel.NewScope(cel.Options{})),
		reviewVersions(p.Child("admissionReviewVersions"), w.AdmissionReviewVersions),
		validate.When(again, func() validate.Errors { return validate.Duplicate(p.Child("name"), w.Name) }),
	)
}

func reviewVersions(p validate.Path, versions []string) validate.Errors {
	if len(versions) == 0 {
		return validate.Required(p, "must specify one of v1, v1beta1")
	}
	seen := map[string]bool{}
	return validate.All(
		validate.Each(p, versions, func(p validate.Path, v *string) validate.Errors {
			again := seen[*v]
			seen[*v] = true
			if again {
				return validate.Invalid(p, *v, "duplicate version")
			}
			return validate.String(p, *v, names.DNS1035Label)
		}),
		rules.Must(has(versions, "v1") || has(versions, "v1beta1"), p, versions, "must include at least one of v1, v1beta1"),
	)
}

func clientConfig(p validate.Path, c *WebhookClientConfig) validate.Errors {
	if (c.URL == nil) == (c.Service == nil) {
		return validate.Required(p, "exactly one of url or service is required")
	}
	if c.Service != nil {
		return serviceOf(p.Child("service"), c.Service)
	}
	return webhookURL(p.Child("url"), *c.URL)
}

func webhookURL(p validate.Path, text string) validate.Errors {
	const form = "; desired format: https://host[/path]"
	u, err := url.Parse(text)
	if err != nil {
		return validate.Required(p, "url must be a valid URL: "+err.Error()+form)
	}
	return validate.All(
		rules.Must(u.Scheme == "https", p, u.Scheme, "'https' is the only allowed URL scheme"+form),
		rules.Must(u.Host != "", p, u.Host, "host must be specified"+form),
		rules.Must(u.User == nil, p, u.User.String(), "user information is not permitted in the URL"),
		rules.Must(u.Fragment == "", p, u.Fragment, "fragments are not permitted in the URL"),
		rules.Must(u.RawQuery == "", p, u.RawQuery, "query parameters are not permitted in the URL"),
	)
}

func serviceOf(p validate.Path, s *ServiceReference) validate.Errors {
	errs := validate.All(
		// Kubernetes reports each of the two at the other.
		rules.Require(s.Namespace != "", p.Child("name"), ""),
		rules.Require(s.Name != "", p.Child("namespace"), ""),
		validate.IfSet(p.Child("port"), s.Port, func(p validate.Path, n int32) validate.Errors {
			return rules.Must(n >= 1 && n <= 65535, p, n, "port is not valid: must be between 1 and 65535, inclusive")
		}),
	)
	if s.Path == nil {
		return errs
	}
	return append(errs, servicePath(p.Child("path"), *s.Path)...)
}

// servicePath checks every step of a path. A path without the slash in front
// loses its first letter instead, as it does in Kubernetes.
func servicePath(p validate.Path, path string) validate.Errors {
	if path == "" || path == "/" {
		return nil
	}
	if path == "//" {
		return validate.Invalid(p, path, "segment[0] may not be empty")
	}
	errs := rules.Must(path[0] == '/', p, path, "must start with a '/'")
	for i, step := range strings.Split(strings.TrimSuffix(path[1:], "/"), "/") {
		at := "segment[" + strconv.Itoa(i) + "]"
		if step == "" {
			errs = append(errs, validate.Invalid(p, path, at+" may not be empty")...)
			continue
		}
		for _, problem := range names.DNSSubdomain(step) {
			errs = append(errs, validate.Invalid(p, path, at+": "+problem)...)
		}
	}
	return errs
}
