package main

import (
	"context"

	rbacv1 "github.com/kubenucleus/nucleus/apimachinery/api/rbac/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authn/bootstraptoken"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// joiners are the bindings by which machines join a cluster: who has a bootstrap
// token may ask for the certificate of a node and gets it, and a node gets the next
// one. Kubernetes leaves this to those who set clusters up; the names are kubeadm's.
var joiners = []struct{ name, role, group string }{
	{"kubeadm:kubelet-bootstrap", "system:node-bootstrapper", bootstraptoken.GroupBootstrappers},
	{"kubeadm:node-autoapprove-bootstrap", "system:certificates.k8s.io:certificatesigningrequests:nodeclient", bootstraptoken.GroupBootstrappers},
	{"kubeadm:node-autoapprove-certificate-rotation", "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient", auth.GroupNodes},
}

// letNodesJoin makes the bindings that are not there, and returns when ctx ends.
func letNodesJoin(ctx context.Context, c client.Client) error {
	for _, j := range joiners {
		err := client.Of[rbacv1.ClusterRoleBinding](c).Create(ctx, &rbacv1.ClusterRoleBinding{
			ObjectMeta: meta.ObjectMeta{Name: j.name},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: j.role},
			Subjects:   []rbacv1.Subject{{Kind: rbacv1.GroupKind, APIGroup: rbacv1.GroupName, Name: j.group}},
		})
		if err != nil && !meta.IsAlreadyExists(err) && ctx.Err() == nil {
			return err
		}
	}
	<-ctx.Done()
	return nil
}
