// Package admissiontest helps to test admission plug-ins without a server.
package admissiontest
