package extract

import (
	"regexp"
	"strings"
)

// senderScore is that of a company whose own address on the web is on the
// paper.
const senderScore = 0.7

// minCompanyName is the fewest letters of a name that is looked for in
// addresses.
const minCompanyName = 4

// maxHosts is how many addresses of a document are kept.
const maxHosts = 32

// legalForms end the names of companies.
const legalForms = `(?:GmbH(?: & Co\. KG)?|Pty\.? Ltd\.?|Co\.,? Ltd\.?|AG|KG|OHG|UG|GbR|eG|e\.K\.|e\.V\.|SE|Inc\.?|LLC|LLP|L\.P\.|Ltd\.?|Limited|PLC|Plc|plc|Corp\.?|Corporation|Pty|B\.V\.|BV|BVBA|V\.O\.F\.|VOF|N\.V\.|NV|S\.A\.U\.|S\.A\.|SA|SAS|SASU|SARL|EURL|SNC|S\.L\.U\.|S\.L\.|SL|Lda\.?|Ltda\.?|S\.r\.l\.|Srl|S\.R\.L\.|SpA|S\.p\.A\.|Oy|AB|ApS|A/S|ASA|s\.r\.o\.|Kft\.?|Sp\. z o\.o\.)`

var legalForm = regexp.MustCompile(`,? ` + legalForms + `$`)

// hosts are the addresses of a text that say whose paper it is: of websites,
// and of mail.
func hosts(text string) []string {
	var all []string
	for _, m := range uris.FindAllString(text, -1) {
		m = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(m), "https://"), "http://")
		host, _, _ := strings.Cut(m, "/")
		all = append(all, letters(strings.TrimPrefix(host, "www.")))
	}
	for _, m := range emails.FindAllString(text, -1) {
		_, host, _ := strings.Cut(strings.ToLower(m), "@")
		all = append(all, letters(host))
	}
	return all
}

// asTyped writes a name as addresses of the web have it.
func asTyped(name string) string {
	return fold(strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue").Replace(name))
}

// sender is the one of several companies whose name is in an address.
func (s *slot) sender() (candidate, bool) {
	found := -1
	for i := range s.loose {
		for _, host := range s.hosts {
			if found == i || !namesHost(spelled(s.loose[i].Value), []string{host}) {
				continue
			}
			if found >= 0 {
				return candidate{}, false
			}
			found = i
		}
	}
	if found < 0 {
		return candidate{}, false
	}
	c := s.loose[found]
	c.Score = senderScore
	return c, true
}
