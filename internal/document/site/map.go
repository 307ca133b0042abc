package site

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"io"
	"strings"
)

// Bounds of one map.
const (
	maxMapBytes = 50 << 20 // unpacked, as sitemaps.org has it
	maxMaps     = 50       // that one map names
)

// Map is a map of a site: addresses of pages, and of other maps.
type Map struct {
	Pages []string
	Maps  []string
}

// ReadMap reads a map or an index of maps, as XML, packed or not, or as plain
// lines, with at most so many pages. What cannot be read is left out: maps are
// hints.
func ReadMap(body []byte, most int) Map {
	var m Map
	var from io.Reader = bytes.NewReader(body)
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(from)
		if err != nil {
			return m
		}
		from = z
	}
	in := bufio.NewReaderSize(io.LimitReader(from, maxMapBytes), 64<<10)
	if head, _ := in.Peek(1000); !bytes.Contains(head, []byte("<")) {
		lines := bufio.NewScanner(in)
		for len(m.Pages) < most && lines.Scan() {
			m.add(lines.Text(), most)
		}
		return m
	}
	d := xml.NewDecoder(in)
	d.Strict = false
	inside := ""
	for len(m.Pages) < most && len(m.Maps) < maxMaps {
		token, err := d.RawToken()
		if err != nil {
			break
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "url", "sitemap":
			inside = start.Name.Local
		case "loc":
			text, err := d.RawToken()
			data, ok := text.(xml.CharData)
			if err != nil || !ok || start.Name.Space != "" {
				continue
			}
			if address := strings.TrimSpace(string(data)); inside != "sitemap" {
				m.add(address, most)
			} else if len(address) <= MaxAddress {
				m.Maps = append(m.Maps, address)
			}
		}
	}
	return m
}

// add keeps the address of a page, unless it is longer than any is.
func (m *Map) add(address string, most int) {
	if address = strings.TrimSpace(address); len(m.Pages) < most && address != "" && len(address) <= MaxAddress {
		m.Pages = append(m.Pages, address)
	}
}
