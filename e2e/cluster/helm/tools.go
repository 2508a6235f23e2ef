//go:build tools

// Package tools pins what this folder builds: the commands themselves, at the
// versions of go.mod.
package tools

import (
	_ "helm.sh/helm/v3/cmd/helm"
)
