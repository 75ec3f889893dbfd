// Package apiextensionsv1 holds apiextensions.k8s.io/v1:
// CustomResourceDefinitions, by which users add resources to the API without a
// program, with JSON schemas that say what their objects look like.
package apiextensionsv1
