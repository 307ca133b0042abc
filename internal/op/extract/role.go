package extract

import "slices"

// role is which side of a paper a property describes.
type role int

const (
	noRole       role = iota
	senderRole        // who writes: the seller, the employer
	receiverRole      // whom it is written to: the customer
)

// block parts of an address.
type addressPart int

const (
	noPart addressPart = iota
	namePart
	wholePart
	streetPart
	zipPart
	cityPart
	countryPart
)

// partWords are what the parts of an address are called.
var partWords = map[string]addressPart{
	"name": namePart, "address": wholePart, "anschrift": wholePart, "adresse": wholePart,
	"street": streetPart, "strasse": streetPart, "rue": streetPart, "calle": streetPart, "via": streetPart, "straat": streetPart,
	"zip": zipPart, "postcode": zipPart, "postal": zipPart, "plz": zipPart, "postleitzahl": zipPart, "cap": zipPart,
	"city": cityPart, "town": cityPart, "ort": cityPart, "stadt": cityPart, "ville": cityPart, "plaats": cityPart, "ciudad": cityPart,
	"country": countryPart, "land": countryPart, "pay": countryPart,
}

// roleWords are what the sides of a paper are called.
var roleWords = map[string]role{
	"vendor": senderRole, "supplier": senderRole, "seller": senderRole, "issuer": senderRole, "sender": senderRole, "merchant": senderRole,
	"biller": senderRole, "partner": senderRole, "lieferant": senderRole, "verkaufer": senderRole, "rechnungssteller": senderRole,
	"absender": senderRole, "fournisseur": senderRole, "leverancier": senderRole, "proveedor": senderRole, "emisor": senderRole, "fornitore": senderRole,
	"customer": receiverRole, "client": receiverRole, "buyer": receiverRole, "recipient": receiverRole, "billing": receiverRole, "kunde": receiverRole,
	"kaufer": receiverRole, "empfanger": receiverRole, "rechnungsempfanger": receiverRole, "klant": receiverRole, "cliente": receiverRole, "acheteur": receiverRole,
}

// findRole decides by the words of the property's name and of the objects
// around it.
func (f *field) findRole(parents []string) {
	own := nameWords(f.name)
	around := own
	for _, p := range parents {
		around = slices.Concat(around, nameWords(p))
	}
	for _, w := range around {
		if r := roleWords[w]; r != noRole {
			f.role = r
		}
	}
	for _, w := range own {
		if p := partWords[w]; p != noPart {
			f.part = p
		}
	}
	if f.role == senderRole && f.part == namePart && f.kind == textKind {
		f.kind = companyKind
	}
	if slices.Contains(own, "code") && f.part == countryPart {
		f.part = noPart // a code stands on few papers
	}
	if f.part == noPart || f.typ != "string" || f.format != "" || f.pattern != nil || len(f.enum) > 0 {
		f.role, f.part = noRole, noPart
	}
}
