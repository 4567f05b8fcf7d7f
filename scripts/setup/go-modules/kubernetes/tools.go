//go:build tools

// Package tools names the programs that scripts/setup/kubernetes.mjs builds, so that go.mod pins all they need.
package tools

import (
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
)
