package admissionregistrationv1

import (
	"net/url"
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
		SpecChanged: func(c, old *MutatingWebhookConfiguration) bool { return !validate.Equal(c.Webhooks, old.Webhooks) },
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
		SpecChanged: func(c, old *ValidatingWebhookConfiguration) bool { return !validate.Equal(c.Webhooks, old.Webhooks) },
		Columns: []scheme.Column[ValidatingWebhookConfiguration]{
			scheme.NameColumn[ValidatingWebhookConfiguration](),
			{Name: "Webhooks", Type: "integer", Help: webhooksHelp, Cell: func(c *ValidatingWebhookConfiguration) any { return int64(len(c.Webhooks)) }},
			scheme.AgeColumn[ValidatingWebhookConfiguration](),
		},
	})
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
	return validate.All(
		validate.ObjectMeta(rules.Metadata, &c.ObjectMeta, false, names.DNSSubdomain),
		validate.Each(webhooksPath, c.Webhooks, func(p validate.Path, w *MutatingWebhook) validate.Errors {
			return append(webhook(p, &ValidatingWebhook{
				Name: w.Name, ClientConfig: w.ClientConfig, Rules: w.Rules, FailurePolicy: w.FailurePolicy, MatchPolicy: w.MatchPolicy,
				NamespaceSelector: w.NamespaceSelector, ObjectSelector: w.ObjectSelector, SideEffects: w.SideEffects,
				TimeoutSeconds: w.TimeoutSeconds, AdmissionReviewVersions: w.AdmissionReviewVersions, MatchConditions: w.MatchConditions,
			}), validate.IfSet(p.Child("reinvocationPolicy"), w.ReinvocationPolicy, func(p validate.Path, r ReinvocationPolicyType) validate.Errors {
				return validate.In(p, r, IfNeededReinvocationPolicy, NeverReinvocationPolicy)
			})...)
		}),
		validate.UniqueBy(webhooksPath, c.Webhooks, func(w *MutatingWebhook) string { return w.Name }, "name"),
	)
}

// ValidateValidatingWebhookConfiguration finds every fault of webhooks.
func ValidateValidatingWebhookConfiguration(c *ValidatingWebhookConfiguration) validate.Errors {
	return validate.All(
		validate.ObjectMeta(rules.Metadata, &c.ObjectMeta, false, names.DNSSubdomain),
		validate.Each(webhooksPath, c.Webhooks, webhook),
		validate.UniqueBy(webhooksPath, c.Webhooks, func(w *ValidatingWebhook) string { return w.Name }, "name"),
	)
}

func webhook(p validate.Path, w *ValidatingWebhook) validate.Errors {
	return validate.All(
		validate.Named(p.Child("name"), w.Name, names.FullyQualified),
		reviewVersions(p.Child("admissionReviewVersions"), w.AdmissionReviewVersions),
		validate.Each(p.Child("rules"), w.Rules, func(p validate.Path, r *RuleWithOperations) validate.Errors { return operationRule(p, r, false) }),
		failurePolicy(p.Child("failurePolicy"), w.FailurePolicy),
		matchPolicy(p.Child("matchPolicy"), w.MatchPolicy),
		validate.Set(p.Child("sideEffects"), w.SideEffects, func(p validate.Path, s SideEffectClass) validate.Errors {
			return validate.In(p, s, SideEffectClassNone, SideEffectClassNoneOnDryRun)
		}),
		validate.IfSet(p.Child("timeoutSeconds"), w.TimeoutSeconds, func(p validate.Path, n int32) validate.Errors {
			return rules.Must(n >= 1 && n <= 30, p, n, "the timeout value must be between 1 and 30 seconds")
		}),
		validate.LabelSelector(p.Child("namespaceSelector"), w.NamespaceSelector),
		validate.LabelSelector(p.Child("objectSelector"), w.ObjectSelector),
		clientConfig(p.Child("clientConfig"), &w.ClientConfig),
		matchConditions(p.Child("matchConditions"), w.MatchConditions, cel.NewScope(cel.Options{})),
	)
}

func reviewVersions(p validate.Path, versions []string) validate.Errors {
	if len(versions) == 0 {
		return validate.Required(p, "must specify one of v1, v1beta1")
	}
	return validate.All(
		validate.Each(p, versions, func(p validate.Path, v *string) validate.Errors { return validate.String(p, *v, names.DNS1035Label) }),
		validate.Unique(p, versions),
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
		rules.Require(s.Name != "", p.Child("name"), "service name is required"),
		rules.Require(s.Namespace != "", p.Child("namespace"), "service namespace is required"),
		validate.IfSet(p.Child("port"), s.Port, func(p validate.Path, n int32) validate.Errors {
			return rules.Must(n >= 1 && n <= 65535, p, n, "port is not valid: must be between 1 and 65535, inclusive")
		}),
	)
	if s.Path == nil {
		return errs
	}
	at, path := p.Child("path"), *s.Path
	if path == "/" || path == "" {
		return errs
	}
	errs = append(errs, rules.Must(strings.HasPrefix(path, "/"), at, path, "must start with a '/'")...)
	steps := strings.Split(strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/"), "/")
	for _, step := range steps {
		if step == "" {
			errs = append(errs, validate.Invalid(at, path, "segment[0] may not be empty")...)
			continue
		}
		errs = append(errs, validate.String(at, step, names.DNSSubdomain)...)
	}
	return errs
}
