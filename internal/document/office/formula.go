package office

import (
	"strings"
)

// formula writes an Office formula in LaTeX.
func formula(n *node) string { return strings.Join(strings.Fields(latex(n)), " ") }

// latex is the LaTeX of all that is inside an element.
func latex(n *node) string {
	if n == nil {
		return ""
	}
	var b strings.Builder
	for _, c := range n.children {
		b.WriteString(element(c))
	}
	return b.String()
}

func element(n *node) string {
	inside := func(name string) string { return latex(n.child(name)) }
	switch n.name {
	case "t":
		return signs(n.text)
	case "f":
		return fraction(n)
	case "sSup":
		return inside("e") + "^{" + inside("sup") + "}"
	case "sSub":
		return inside("e") + "_{" + inside("sub") + "}"
	case "sSubSup":
		return inside("e") + "_{" + inside("sub") + "}^{" + inside("sup") + "}"
	case "sPre":
		return "{}_{" + inside("sub") + "}^{" + inside("sup") + "}" + inside("e")
	case "rad":
		if degree := inside("deg"); degree != "" {
			return `\sqrt[` + degree + "]{" + inside("e") + "}"
		}
		return `\sqrt{` + inside("e") + "}"
	case "nary":
		return largeOperator(n)
	case "d":
		return brackets(n)
	case "func":
		return function(inside("fName")) + "(" + inside("e") + ")"
	case "limLow":
		return inside("e") + "_{" + inside("lim") + "}"
	case "limUpp":
		return inside("e") + "^{" + inside("lim") + "}"
	case "groupChr":
		if n.child("groupChrPr").val("pos") == "top" {
			return `\overbrace{` + inside("e") + "}"
		}
		return `\underbrace{` + inside("e") + "}"
	case "acc":
		return accent(n.child("accPr").val("chr")) + "{" + inside("e") + "}"
	case "bar":
		if n.child("barPr").val("pos") == "top" {
			return `\overline{` + inside("e") + "}"
		}
		return `\underline{` + inside("e") + "}"
	case "eqArr":
		return rows(n.children, "e", `\begin{array}{c}`, `\end{array}`)
	case "m":
		return rows(n.children, "mr", `\begin{matrix}`, `\end{matrix}`)
	case "rPr", "ctrlPr", "fPr", "dPr", "naryPr", "radPr", "sSupPr", "sSubPr", "sSubSupPr", "accPr", "barPr", "funcPr", "groupChrPr", "mPr", "eqArrPr", "del":
		return ""
	}
	return latex(n)
}

func fraction(n *node) string {
	top, bottom := latex(n.child("num")), latex(n.child("den"))
	switch n.child("fPr").val("type") {
	case "lin", "skw":
		return "{" + top + "}/{" + bottom + "}"
	case "noBar":
		return `\genfrac{}{}{0pt}{}{` + top + "}{" + bottom + "}"
	}
	return `\frac{` + top + "}{" + bottom + "}"
}

// largeOperator is a sum, product or integral with its limits.
func largeOperator(n *node) string {
	sign := `\int`
	if c := n.child("naryPr").child("chr"); c != nil {
		sign = strings.TrimSpace(signs(c.attr("val")))
	}
	if sub := latex(n.child("sub")); sub != "" {
		sign += "_{" + sub + "}"
	}
	if sup := latex(n.child("sup")); sup != "" {
		sign += "^{" + sup + "}"
	}
	return sign + latex(n.child("e"))
}

func brackets(n *node) string {
	props := n.child("dPr")
	side := func(name, otherwise string) string {
		c := props.child(name)
		switch {
		case c == nil:
			return otherwise
		case c.attr("val") == "":
			return "."
		}
		if v := c.attr("val"); v == "{" || v == "}" {
			return `\` + v
		}
		return strings.TrimSpace(signs(c.attr("val")))
	}
	var parts []string
	for _, c := range n.children {
		if c.name == "e" {
			parts = append(parts, latex(c))
		}
	}
	return `\left` + side("begChr", "(") + strings.Join(parts, side("sepChr", "|")) + `\right` + side("endChr", ")")
}

// function is the name of one that LaTeX knows, or what is there.
func function(name string) string {
	switch plain := strings.TrimSpace(name); plain {
	case "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "log", "ln", "exp",
		"lim", "max", "min", "sup", "inf", "det", "gcd", "arg", "deg", "dim", "ker":
		return `\` + plain
	}
	return name
}

func accent(sign string) string {
	switch sign {
	case "\u0307":
		return `\dot`
	case "\u0308":
		return `\ddot`
	case "\u0303":
		return `\tilde`
	case "\u0304", "\u0305":
		return `\bar`
	case "\u20d7":
		return `\vec`
	case "\u030c":
		return `\check`
	}
	return `\hat`
}

// rows sets the elements of that name below each other.
func rows(all []*node, name, begin, end string) string {
	var lines []string
	for _, c := range all {
		if c.name != name {
			continue
		}
		if name != "mr" {
			lines = append(lines, latex(c))
			continue
		}
		var cells []string
		for _, e := range c.children {
			if e.name == "e" {
				cells = append(cells, latex(e))
			}
		}
		lines = append(lines, strings.Join(cells, " & "))
	}
	return begin + strings.Join(lines, ` \\ `) + end
}

// greek are the names of the letters from α on, and so of those from Α.
const greek = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma sigma tau upsilon phi chi psi omega"

// signs writes letters and signs as LaTeX names them.
func signs(text string) string {
	names := strings.Fields(greek)
	var b strings.Builder
	for _, r := range text {
		switch {
		case r >= 'α' && r <= 'ω':
			b.WriteString(` \` + names[r-'α'] + " ")
		case r >= 'Α' && r <= 'Ω' && strings.ContainsRune("ΓΔΘΛΞΠΣΥΦΨΩ", r):
			name := names[r-'Α']
			b.WriteString(` \` + strings.ToUpper(name[:1]) + name[1:] + " ")
		case r >= 0x1d434 && r <= 0x1d467: // italic letters of mathematics
			b.WriteRune(italic(r))
		default:
			b.WriteString(sign(r))
		}
	}
	return b.String()
}

func italic(r rune) rune {
	if r < 0x1d44e {
		return 'A' + r - 0x1d434
	}
	return 'a' + r - 0x1d44e
}

func sign(r rune) string {
	switch r {
	case '×':
		return ` \times `
	case '÷':
		return ` \div `
	case '·', '⋅':
		return ` \cdot `
	case '±':
		return ` \pm `
	case '∞':
		return ` \infty `
	case '∑':
		return ` \sum `
	case '∏':
		return ` \prod `
	case '∫':
		return ` \int `
	case '⋃':
		return ` \bigcup `
	case '⋂':
		return ` \bigcap `
	case '⋀':
		return ` \bigwedge `
	case '⋁':
		return ` \bigvee `
	case '∬':
		return ` \iint `
	case '∭':
		return ` \iiint `
	case '∮':
		return ` \oint `
	case 'ϵ':
		return ` \epsilon `
	case 'ϕ':
		return ` \phi `
	case '∂':
		return ` \partial `
	case '∇':
		return ` \nabla `
	case '√':
		return ` \sqrt `
	case '≤':
		return ` \leq `
	case '≥':
		return ` \geq `
	case '≠':
		return ` \neq `
	case '≈':
		return ` \approx `
	case '≡':
		return ` \equiv `
	case '→':
		return ` \rightarrow `
	case '⇒':
		return ` \Rightarrow `
	case '∈':
		return ` \in `
	case '∀':
		return ` \forall `
	case '∃':
		return ` \exists `
	case '∪':
		return ` \cup `
	case '∩':
		return ` \cap `
	case '⊂':
		return ` \subset `
	case '…':
		return ` \ldots `
	case '−', '–':
		return "-"
	case '\u2061', '\u200b':
		return ""
	case '{', '}', '%', '#', '&':
		return `\` + string(r)
	}
	return string(r)
}
