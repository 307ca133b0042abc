package notify

import (
	"context"
	"net"
	"net/netip"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// serveNames starts a name server that answers with the IPv4 address that the
// function gives at that moment, and gives a resolver that asks it.
func serveNames(t *testing.T, answer func(name string) netip.Addr) *net.Resolver {
	t.Helper()
	conn, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var msg dnsmessage.Message
			if msg.Unpack(buf[:n]) != nil {
				continue
			}
			msg.Response, msg.Authoritative, msg.Additionals = true, true, nil
			for _, q := range msg.Questions {
				if q.Type == dnsmessage.TypeA {
					msg.Answers = append(msg.Answers, dnsmessage.Resource{
						Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class},
						Body:   &dnsmessage.AResource{A: answer(q.Name.String()).As4()},
					})
				}
			}
			if reply, err := msg.Pack(); err == nil {
				_, _ = conn.WriteTo(reply, from) // the client is gone
			}
		}
	}()
	t.Cleanup(func() {
		_ = conn.Close()
		<-done
	})
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp4", conn.LocalAddr().String())
	}}
}

// loopbackNames answers every name with this machine.
func loopbackNames(t *testing.T) *net.Resolver {
	t.Helper()
	return serveNames(t, func(string) netip.Addr { return netip.MustParseAddr("127.0.0.1") })
}
