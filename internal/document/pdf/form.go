package pdf

import (
	"strings"

	"docket/internal/document"
)

// Kinds of forms, as FPDF_GetFormType gives them. Of the XFA kinds only what
// the file also says the older way can be read.
const (
	formAcro = 1
	formXFA  = 2 // and above
)

// Kinds of fields.
const (
	fieldCheckbox  = 2
	fieldRadio     = 3
	fieldCombo     = 4
	fieldList      = 5
	fieldText      = 6
	fieldSignature = 7
)

const (
	fieldPassword = 1 << 13 // flag of a text field
	formInfoSize  = 256     // of FPDF_FORMFILLINFO, and more
	formVersion   = 1       // of that structure
	maxOptions    = 1000    // of a list that are looked at
)

// XFAForm is the warning of a document whose form is made of XFA, a format of
// its own inside the PDF, of which only the older part is read.
const XFAForm = "xfa_form"

// formHandle is PDFium's view of the document's form, or 0 when it has none.
func (d *Document) formHandle() uint64 {
	e := d.e
	if d.formAsked {
		return d.form
	}
	d.formAsked = true
	kind := integer(e.call("FPDF_GetFormType", d.handle))
	d.xfa = kind >= formXFA
	if kind < formAcro {
		return 0
	}
	d.formInfo = e.malloc(formInfoSize)
	if d.formInfo == 0 || !e.mem.Write(d.formInfo, make([]byte, formInfoSize)) || !e.mem.WriteUint32Le(d.formInfo, formVersion) {
		return 0
	}
	d.form = uint64(uint32(e.call("FPDFDOC_InitFormFillEnvironment", d.handle, uint64(d.formInfo))))
	return d.form
}

// openView makes the widgets of the page known to the form, without which
// PDFium cannot say whether a box is checked. It is false without a form.
func (r *pageReader) openView() bool {
	if r.form == 0 {
		if r.form = r.d.formHandle(); r.form != 0 {
			r.e.call("FORM_OnAfterLoadPage", r.handle, r.form)
		}
	}
	return r.form != 0
}

func (r *pageReader) closeView() {
	if r.form != 0 {
		r.e.call("FORM_OnBeforeClosePage", r.handle, r.form)
		r.form = 0
	}
}

func (d *Document) closeForm() {
	if d.form != 0 {
		d.e.call("FPDFDOC_ExitFormFillEnvironment", d.form)
	}
	d.e.free(d.formInfo)
	d.form, d.formInfo = 0, 0
}

// field reads one place of a form.
func (r *pageReader) field(annot uint64) {
	e := r.e
	if !r.openView() {
		return
	}
	form := r.form
	box, ok := r.annotBox(annot)
	if !ok {
		return
	}
	f := document.Field{Box: box}
	switch integer(e.call("FPDFAnnot_GetFormFieldType", form, annot)) {
	case fieldCheckbox:
		f.Kind = document.CheckboxField
	case fieldRadio:
		f.Kind = document.RadioField
	case fieldCombo, fieldList:
		f.Kind = document.ChoiceField
	case fieldText:
		f.Kind = document.TextField
	case fieldSignature:
		f.Kind = document.SignatureField
	default:
		return
	}
	f.Name = clean(decodeUTF16(e.longText("FPDFAnnot_GetFormFieldName", form, annot)))
	f.Label = clean(decodeUTF16(e.longText("FPDFAnnot_GetFormFieldAlternateName", form, annot)))
	switch f.Kind {
	case document.CheckboxField, document.RadioField:
		f.Value = clean(decodeUTF16(e.longText("FPDFAnnot_GetFormFieldExportValue", form, annot)))
		f.Checked = boolean(e.call("FPDFAnnot_IsChecked", form, annot))
	case document.ChoiceField:
		f.Value = r.chosen(form, annot)
	case document.TextField:
		if integer(e.call("FPDFAnnot_GetFormFieldFlags", form, annot))&fieldPassword == 0 {
			f.Value = r.fieldValue(form, annot)
		}
	}
	r.page.Fields = append(r.page.Fields, f)
}

// fieldValue is what was filled in, its lines kept.
func (r *pageReader) fieldValue(form, annot uint64) string {
	value := decodeUTF16(r.e.longText("FPDFAnnot_GetFormFieldValue", form, annot))
	value = strings.ReplaceAll(strings.ReplaceAll(value, "\r\n", "\n"), "\r", "\n")
	var lines []string
	for line := range strings.SplitSeq(value, "\n") {
		lines = append(lines, clean(line))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// chosen are the options that were chosen from a list, as it shows them, or
// what was typed in their place.
func (r *pageReader) chosen(form, annot uint64) string {
	e := r.e
	var all []string
	n := min(integer(e.call("FPDFAnnot_GetOptionCount", form, annot)), maxOptions)
	for i := 0; i < n && e.err == nil; i++ {
		if boolean(e.call("FPDFAnnot_IsOptionSelected", form, annot, uint64(i))) {
			all = append(all, clean(decodeUTF16(e.longText("FPDFAnnot_GetOptionLabel", form, annot, uint64(i)))))
		}
	}
	if len(all) == 0 {
		return r.fieldValue(form, annot)
	}
	return strings.Join(all, ", ")
}
