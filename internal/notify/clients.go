package notify

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"docket/internal/safehttp"
)

// maxClients bounds how many sets of allowed networks have a client at a time.
const maxClients = 32

// clients has a client for each set of allowed networks. They never share
// connections: one that was made where it is allowed must not carry what may
// not go there. Each keeps a few connections, for half a minute.
type clients struct {
	agent    string
	resolver *net.Resolver

	mu    sync.Mutex
	bySet map[string]*safehttp.Client
}

func (c *clients) get(allow []netip.Prefix, loopback bool) *safehttp.Client {
	key := setKey(allow, loopback)
	c.mu.Lock()
	defer c.mu.Unlock()
	if client := c.bySet[key]; client != nil {
		return client
	}
	if len(c.bySet) >= maxClients {
		c.closeAll()
	}
	client := safehttp.New(safehttp.Options{UserAgent: c.agent, AllowLoopback: loopback, AllowCIDRs: allow, Resolver: c.resolver})
	if c.bySet == nil {
		c.bySet = make(map[string]*safehttp.Client)
	}
	c.bySet[key] = client
	return client
}

func (c *clients) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closeAll()
}

// closeAll forgets all clients; what they are sending goes on.
func (c *clients) closeAll() {
	for _, client := range c.bySet {
		client.Close()
	}
	clear(c.bySet)
}

func setKey(allow []netip.Prefix, loopback bool) string {
	names := make([]string, 0, len(allow))
	for _, p := range allow {
		names = append(names, p.String())
	}
	slices.Sort(names)
	return fmt.Sprint(loopback, " ", strings.Join(slices.Compact(names), " "))
}
