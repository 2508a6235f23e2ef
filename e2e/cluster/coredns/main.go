// Command coredns is CoreDNS with the five plugins a test cluster needs: a
// third of the full command's dependencies, so a third of its build time. It
// leaves caching out on purpose, so that a Service resolves once it exists.
package main

import (
	_ "github.com/coredns/coredns/plugin/bind"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/forward"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/ready"

	"github.com/coredns/coredns/coremain"
)

func main() {
	coremain.Run()
}
