package corev1

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func limitranges() *scheme.Resource {
	return scheme.Define[LimitRange, LimitRangeList](scheme.Spec[LimitRange]{
		Name:       "limitranges",
		ShortNames: []string{"limits"},
		Namespaced: true,
		Default:    DefaultLimitRange,
		Validate:   ValidateLimitRange,
		PrepareCreate: func(l *LimitRange) {
			if l.Name == "" && l.GenerateName == "" {
				l.Name = uuid.NewString() // unlike all others, they need no name
			}
		},
		Columns: []scheme.Column[LimitRange]{
			scheme.NameColumn[LimitRange](),
			{Name: "Created At", Type: "date", Help: scheme.AgeHelp, Cell: func(l *LimitRange) any {
				return l.CreationTimestamp.UTC().Format(time.RFC3339)
			}},
		},
		Options: scheme.Options{UpdateCreates: true},
	})
}

// DefaultLimitRange fills in what the author of limits for containers left out:
// a container that says nothing may use all that any may, and asks for as much
// as it may use.
func DefaultLimitRange(l *LimitRange) {
	for i := range l.Spec.Limits {
		item := &l.Spec.Limits[i]
		for _, list := range []ResourceList{item.Max, item.Min, item.Default, item.DefaultRequest, item.MaxLimitRequestRatio} {
			roundUpToMilli(list)
		}
		if item.Type != LimitTypeContainer {
			continue
		}
		fillFrom(&item.Default, item.Max)
		fillFrom(&item.DefaultRequest, item.Default)
		fillFrom(&item.DefaultRequest, item.Min)
	}
}

// fillFrom adds what the list does not have.
func fillFrom(list *ResourceList, from ResourceList) {
	for name, q := range from {
		if _, ok := (*list)[name]; ok {
			continue
		}
		if *list == nil {
			*list = ResourceList{}
		}
		(*list)[name] = q
	}
}

// ValidateLimitRange finds every fault of a LimitRange that is about to be made.
func ValidateLimitRange(l *LimitRange) validate.Errors {
	limits := specPath.Child("limits")
	return validate.All(
		validate.ObjectMeta(metadataPath, &l.ObjectMeta, true, names.DNSSubdomain),
		validate.Each(limits, l.Spec.Limits, limitRangeItem),
		validate.UniqueBy(limits, l.Spec.Limits, func(item *LimitRangeItem) string { return string(item.Type) }, "type"),
	)
}

func limitRangeItem(p validate.Path, item *LimitRangeItem) validate.Errors {
	name := func(p validate.Path, n ResourceName, _ quantity.Quantity) validate.Errors {
		return limitedResourceName(p, item.Type, n)
	}
	errs := validate.All(
		limitType(p.Child("type"), item.Type),
		validate.EachKey(p.Child("max"), item.Max, name),
		validate.EachKey(p.Child("min"), item.Min, name),
	)
	if item.Type == LimitTypePod {
		errs = append(errs, forbid(len(item.Default) > 0, p.Child("default"), "may not be specified when `type` is 'Pod'")...)
		errs = append(errs, forbid(len(item.DefaultRequest) > 0, p.Child("defaultRequest"), "may not be specified when `type` is 'Pod'")...)
	} else {
		errs = append(errs, validate.EachKey(p.Child("default"), item.Default, name)...)
		errs = append(errs, validate.EachKey(p.Child("defaultRequest"), item.DefaultRequest, name)...)
	}
	if item.Type == LimitTypePersistentVolumeClaim {
		_, least := item.Min[ResourceStorage]
		_, most := item.Max[ResourceStorage]
		errs = append(errs, require(least || most, p.Child("limits"), "either minimum or maximum storage value is required, but neither was provided")...)
	}
	errs = append(errs, validate.EachKey(p.Child("maxLimitRequestRatio"), item.MaxLimitRequestRatio, name)...)
	all := ResourceList{}
	for _, list := range []ResourceList{item.Max, item.Min, item.Default, item.DefaultRequest, item.MaxLimitRequestRatio} {
		fillFrom(&all, list)
	}
	for _, n := range validate.Sorted(keysOf(all)...) {
		errs = append(errs, limitsInOrder(p, item, n)...)
	}
	return errs
}

func limitType(p validate.Path, t LimitType) validate.Errors {
	if errs := validate.String(p, t, names.QualifiedName); len(errs) > 0 {
		return errs
	}
	switch t {
	case LimitTypePod, LimitTypeContainer, LimitTypePersistentVolumeClaim:
		return nil
	}
	return must(!unqualified(ResourceName(t)), p, t, "must be a standard limit type or fully qualified")
}

func limitedResourceName(p validate.Path, t LimitType, name ResourceName) validate.Errors {
	if t == LimitTypePod || t == LimitTypeContainer {
		return containerResourceName(p, name)
	}
	return resourceName(p, name)
}

// limitsInOrder says that min <= default request <= default <= max, of those
// that are set.
func limitsInOrder(p validate.Path, item *LimitRangeItem, name ResourceName) validate.Errors {
	least, hasMin := item.Min[name]
	most, hasMax := item.Max[name]
	limit, hasDefault := item.Default[name]
	request, hasRequest := item.DefaultRequest[name]
	ratio, hasRatio := item.MaxLimitRequestRatio[name]
	at := func(field string) validate.Path { return p.Child(field).Key(string(name)) }
	less := func(a quantity.Quantity, hasA bool, b quantity.Quantity, hasB bool) bool {
		return hasA && hasB && a.Cmp(b) < 0
	}
	bad := func(broken bool, p validate.Path, value quantity.Quantity, format string, args ...any) validate.Errors {
		return must(!broken, p, value.String(), fmt.Sprintf(format, args...))
	}
	errs := validate.All(
		bad(less(most, hasMax, least, hasMin), at("min"), least, "min value %s is greater than max value %s", least, most),
		bad(less(request, hasRequest, least, hasMin), at("defaultRequest"), request, "min value %s is greater than default request value %s", least, request),
		bad(less(most, hasMax, request, hasRequest), at("defaultRequest"), request, "default request value %s is greater than max value %s", request, most),
		bad(less(limit, hasDefault, request, hasRequest), at("defaultRequest"), request, "default request value %s is greater than default limit value %s", request, limit),
		bad(less(limit, hasDefault, least, hasMin), at("default"), least, "min value %s is greater than default value %s", least, limit),
		bad(less(most, hasMax, limit, hasDefault), at("default"), most, "default value %s is greater than max value %s", limit, most),
		bad(hasRatio && ratio.CmpInt64(1) < 0, at("maxLimitRequestRatio"), ratio, "ratio %s is less than 1", ratio),
		bad(!isOvercommitAllowed(name) && hasDefault && hasRequest && limit.Cmp(request) != 0, at("defaultRequest"), request,
			"default value %s must equal to defaultRequest value %s in %s", limit, request, name),
	)
	if hasRatio && hasMin && hasMax && least.Sign() > 0 {
		if widest := most.Float64() / least.Float64(); ratio.Float64() > widest {
			errs = append(errs, validate.Invalidf(at("maxLimitRequestRatio"), ratio.String(), "ratio %s is greater than max/min = %f", ratio, widest)...)
		}
	}
	return errs
}
