package meta

// FindCondition returns the condition of that type, to read or change in place,
// or nil.
func FindCondition(conditions []Condition, kind string) *Condition {
	for i := range conditions {
		if conditions[i].Type == kind {
			return &conditions[i]
		}
	}
	return nil
}

// ConditionIs reports whether there is a condition of that type with that
// status. One that is not there counts as Unknown.
func ConditionIs(conditions []Condition, kind string, status ConditionStatus) bool {
	if c := FindCondition(conditions, kind); c != nil {
		return c.Status == status
	}
	return status == ConditionUnknown
}

// SetCondition puts the condition into the list, in the place of the one of its
// type if there is one, and reports whether the list changed. The time of the
// last transition moves only with the status: to c's, or to now if c has none.
func SetCondition(conditions *[]Condition, c Condition) (changed bool) {
	have := FindCondition(*conditions, c.Type)
	if have == nil {
		if c.LastTransitionTime.IsZero() {
			c.LastTransitionTime = Now()
		}
		*conditions = append(*conditions, c)
		return true
	}
	switch {
	case have.Status == c.Status:
		c.LastTransitionTime = have.LastTransitionTime
	case c.LastTransitionTime.IsZero():
		c.LastTransitionTime = Now()
	}
	if have.Status == c.Status && have.Reason == c.Reason && have.Message == c.Message && have.ObservedGeneration == c.ObservedGeneration {
		return false
	}
	*have = c
	return true
}

// RemoveCondition takes the condition of that type out of the list, and reports
// whether it was there.
func RemoveCondition(conditions *[]Condition, kind string) (changed bool) {
	kept := (*conditions)[:0:0]
	for _, c := range *conditions {
		if c.Type == kind {
			changed = true
			continue
		}
		kept = append(kept, c)
	}
	if changed {
		*conditions = kept
	}
	return changed
}
