// Package podsecurity is admission by the Pod Security Standards: namespaces say
// by labels which level of safety their Pods must have.
//
//	pod-security.kubernetes.io/enforce: restricted       # Pods below it are refused
//	pod-security.kubernetes.io/warn: restricted          # and who makes them or templates of them, told
//	pod-security.kubernetes.io/audit-version: v1.30      # by the standard of that version
//
// The levels are privileged (anything goes), baseline (nothing that is known to
// break out) and restricted (what hardened Pods do without). Without a label it is privileged.
//
//	chain := admission.Chain{podsecurity.New(reader)}
//
// Templates in Deployments and the like are only warned about: their Pods are what is
// enforced. A namespace whose level is raised is told of Pods there that are
// below it. Updates of a Pod that do not touch what runs are let pass.
//
// [Evaluate] judges one Pod without a server. There are no exemptions: users, namespaces and
// runtime classes are all judged.
package podsecurity
