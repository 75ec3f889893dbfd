// Package certificates sees to CertificateSigningRequests:
//
//   - [NewApprover] approves what nodes ask for to talk to the API server, if they
//     may ask for it: the verb create on certificatesigningrequests/nodeclient (a
//     first certificate, by a bootstrap token) or /selfnodeclient (the next one).
//     Everything else waits for people.
//   - [NewSigner] signs what was approved, for the signers of Kubernetes:
//     kubernetes.io/kube-apiserver-client, kube-apiserver-client-kubelet, kubelet-serving
//     and legacy-unknown.
//   - [NewCleaner] deletes requests that nobody needs any more, [NewPodCleaner] requests for
//     certificates of Pods, which signers of one's own answer.
package certificates
