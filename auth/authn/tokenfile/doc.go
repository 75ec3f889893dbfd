// Package tokenfile authenticates bearer tokens that are listed in a CSV file,
// the file of kube-apiserver's --token-auth-file:
//
//	token,user,uid,"group1,group2"
package tokenfile
