#include "render/page.h"

#include "format/hash.h"
#include "format/html.h"

const char page_style[] =
    ":root{color-scheme:light dark;--ink:#1d1b18;--soft:#5d584f;"
    "--line:#dcd6ca;--paper:#fbf9f5;--card:#f3efe7;--viewers:#0b6a66;"
    "--chat:#8a4b0f;--paid:#5b3f99;--now:#0b6a66;--before:#b7cfcb;"
    "--hole:#e6e0d4}\n"
    "@media(prefers-color-scheme:dark){:root:not([data-theme=light]){"
    "--ink:#ece7dd;--soft:#aaa294;--line:#3a362f;--paper:#161411;"
    "--card:#201d19;--viewers:#63c2b9;--chat:#e2a867;--paid:#b7a0ee;"
    "--now:#63c2b9;--before:#2f5a55;--hole:#2b2721}}\n"
    ":root[data-theme=dark]{color-scheme:dark;"
    "--ink:#ece7dd;--soft:#aaa294;--line:#3a362f;--paper:#161411;"
    "--card:#201d19;--viewers:#63c2b9;--chat:#e2a867;--paid:#b7a0ee;"
    "--now:#63c2b9;--before:#2f5a55;--hole:#2b2721}\n"
    ":root[data-theme=light]{color-scheme:light}\n"
    "*{box-sizing:border-box}\n"
    "html{-webkit-text-size-adjust:100%}\n"
    "body{margin:0 auto;max-width:62rem;padding:1rem 1.25rem 3rem;"
    "color:var(--ink);background:var(--paper);"
    "font:16px/1.55 system-ui,-apple-system,\"Segoe UI\",Roboto,"
    "\"Liberation Sans\",sans-serif}\n"
    "h1,h2{font-family:Charter,\"Bitstream Charter\",\"Sitka Text\",Cambria,"
    "Georgia,\"Liberation Serif\",serif;font-weight:600;line-height:1.2;"
    "text-wrap:balance;overflow-wrap:anywhere}\n"
    "h1{font-size:2rem;margin:1.5rem 0 .25rem}"
    "h2{font-size:1.35rem;margin:0 0 .75rem}"
    "h3{font-size:1rem;margin:1.5rem 0 .4rem}\n"
    "p{margin:.25rem 0;max-width:44rem}.soft{color:var(--soft)}"
    ".lead{font-size:1.05rem;overflow-wrap:anywhere}\n"
    "a{color:inherit;text-decoration-color:var(--soft);"
    "text-underline-offset:.15em}a:hover{text-decoration-thickness:2px}"
    ":focus-visible{outline:3px solid var(--now);outline-offset:2px}\n"
    ".skip{position:absolute;left:-99rem}.skip:focus{left:1rem}\n"
    "nav.top{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;"
    "align-items:baseline;border-bottom:1px solid var(--line);"
    "padding-bottom:.6rem}"
    "nav.top a{text-decoration:none;padding:.2rem 0}"
    "nav.top a:hover{text-decoration:underline}"
    "nav.top .grow{flex:1}"
    "nav.top details{position:relative}"
    "nav.top summary{cursor:pointer;padding:.2rem 0}"
    "nav.top ul{position:absolute;z-index:2;margin:.25rem 0;padding:.5rem 0;"
    "list-style:none;background:var(--card);border:1px solid var(--line);"
    "border-radius:.4rem;max-height:60vh;overflow:auto;min-width:12rem}"
    "nav.top li a{display:block;padding:.3rem 1rem;white-space:nowrap}"
    "button{font:inherit;color:inherit;background:none;border:1px solid "
    "var(--soft);border-radius:.4rem;padding:.1rem .7rem;cursor:pointer}\n"
    "section{border-top:1px solid var(--line);margin-top:2.25rem;"
    "padding-top:1.5rem}\n"
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,"
    "minmax(12rem,1fr));gap:1rem 1.5rem;margin:1.25rem 0}\n"
    ".tile{border-left:3px solid var(--line);padding:.1rem 0 .1rem .8rem;"
    "font-size:.9rem}.tile b{display:block;white-space:nowrap;font-size:1.6rem;line-height:1.25;"
    "font-weight:600;font-variant-numeric:tabular-nums;"
    "letter-spacing:-.01em}.tile .soft{font-size:.85rem}\n"
    ".scroll{overflow-x:auto}\n"
    "table{border-collapse:collapse;width:100%;font-size:.93rem;"
    "font-variant-numeric:tabular-nums}"
    "caption{text-align:left;color:var(--soft);padding:.25rem 0}\n"
    "th,td{padding:.38rem .7rem;border-bottom:1px solid var(--line);"
    "text-align:right;white-space:nowrap;vertical-align:top}"
    "th:first-child,td:first-child{text-align:left;padding-left:0}"
    "td.text,th.text{text-align:left}"
    "td.text{white-space:normal;min-width:12rem;overflow-wrap:anywhere}\n"
    "thead th{color:var(--soft);font-weight:500;font-size:.85rem;"
    "white-space:normal;vertical-align:bottom}"
    "tbody th{font-weight:400}tbody tr:last-child>*{border-bottom:0}"
    "table.streams tbody th{white-space:normal;min-width:11rem;"
    "overflow-wrap:anywhere}table.streams .soft{font-size:.85rem}"
    "table.streams th,table.streams td{padding-left:.35rem;"
    "padding-right:.35rem}table.streams th:first-child{padding-left:0}"
    "table.names tbody th{white-space:normal;min-width:9rem;"
    "overflow-wrap:anywhere}table.names th,table.names td{"
    "padding-left:.35rem;padding-right:.35rem}"
    "table.names th:first-child{padding-left:0}"
    "table.figures{max-width:34rem}table.figures th{white-space:normal}\n"
    ".pic>svg{display:block;width:100%;height:auto;max-width:45rem;"
    "min-width:34rem;margin:.5rem 0}"
    ".pic svg text{fill:var(--ink);font:12px system-ui,sans-serif}"
    "svg .now{fill:var(--now)}svg .before{fill:var(--before)}\n"
    ".chart{position:relative;margin:1rem 0 .5rem;padding-left:3rem}"
    ".panel .yl{font-size:.85rem;color:var(--c);margin:.7rem 0 .35rem;"
    "font-weight:600}"
    ".panel.viewers{--c:var(--viewers)}.panel.chat{--c:var(--chat)}"
    ".panel.paid{--c:var(--paid)}"
    ".panel.chat .line{stroke-width:1;opacity:.85}"
    ".plot{position:relative;height:9.5rem}"
    ".plot svg{display:block;width:100%;height:100%}"
    ".plot path{vector-effect:non-scaling-stroke;fill:none}"
    ".plot .grid{stroke:var(--line);stroke-width:1}"
    ".plot .line{stroke:var(--c);stroke-width:1.5;stroke-linejoin:round}"
    ".plot .fill{fill:var(--c);opacity:.13}"
    ".plot .hole{fill:var(--hole)}"
    ".plot .mark{stroke:var(--soft);stroke-width:1;stroke-dasharray:3 3}"
    ".ys span{position:absolute;right:calc(100% + .5rem);"
    "transform:translateY(50%);font-size:.75rem;color:var(--soft);"
    "white-space:nowrap}"
    ".xs{position:relative;height:1.4rem;margin-top:.35rem}"
    ".xs span{position:absolute;transform:translateX(-50%);"
    "font-size:.75rem;color:var(--soft);white-space:nowrap}"
    ".marks{position:relative;height:3.3rem}"
    ".marks span{position:absolute;font-size:.75rem;color:var(--soft);"
    "white-space:nowrap;padding-left:.2rem;border-left:1px dashed "
    "var(--soft)}.marks .e{padding:0 .2rem 0 0;border-left:0;"
    "border-right:1px dashed var(--soft)}"
    ".marks .r0{bottom:0}.marks .r1{bottom:1.1rem}.marks .r2{bottom:2.2rem}\n"
    ".read{position:absolute;right:0;top:.2rem;font-size:.85rem;"
    "background:var(--card);padding:.1rem .5rem;border-radius:.3rem;"
    "pointer-events:none}"
    ".cross{position:absolute;top:0;bottom:0;width:1px;"
    "background:var(--ink);pointer-events:none}\n"
    ".columns{max-width:34rem;margin:.5rem 0}"
    ".columns svg{display:block;width:100%;height:6rem;"
    "border-bottom:1px solid var(--line)}"
    ".columns .bar{fill:var(--chat)}\n"
    ".spark{display:block;width:7.5rem;height:1.5rem;margin-left:auto}"
    ".spark .fill{fill:var(--chat)}\n"
    ".days{font-size:.8rem;max-width:46rem}"
    ".day{display:flex;align-items:center;height:1.25rem}"
    ".day.sun{margin-top:.6rem}.day.head{height:1.4rem}"
    ".dl{width:6.2rem;color:var(--soft);font-variant-numeric:tabular-nums}"
    ".dt{position:relative;flex:1;height:100%;background:linear-gradient("
    "90deg,var(--line) 1px,transparent 1px) 0 0/25% 100%;"
    "border-right:1px solid var(--line)}"
    ".dt a,.dt i{position:absolute;top:.15rem;bottom:.15rem;min-width:3px;"
    "background:var(--now);border-radius:2px}"
    ".dt a:hover{background:var(--ink)}"
    ".head .dt{background:none;border:0}"
    ".head b{position:absolute;font-weight:400;color:var(--soft);"
    "padding-left:.15rem}\n"
    "details.table{margin:.5rem 0}details.table summary{cursor:pointer;"
    "color:var(--soft)}\n"
    ".live{color:var(--viewers);font-weight:600}\n"
    "@media(max-width:40rem){table.streams tbody th{min-width:9rem}h1{font-size:1.6rem}.xs .o{display:none}"
    ".columns .xs span:nth-child(even){display:none}"
    ".chart{padding-left:2.4rem}.plot{height:7.5rem}"
    "body{padding:.75rem 1rem 2rem}.dl{width:5.4rem}"
    ".tiles{grid-template-columns:1fr 1fr;gap:.9rem .75rem}"
    ".tile b{font-size:1.35rem}}\n"
    "@media print{:root,:root[data-theme=dark]{color-scheme:light;"
    "--ink:#000;--soft:#444;--line:#bbb;--paper:#fff;--card:#f3f3f3;"
    "--viewers:#0b5a56;--chat:#7a430d;--paid:#4a3480;--now:#444;"
    "--before:#bbb;--hole:#eee}body{max-width:none;padding:0;"
    "font-size:10.5pt}nav.top,button{display:none}"
    "section{break-inside:avoid-page}.scroll{overflow:visible}"
    "*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n";

const char page_script[] =
    "(function(){'use strict';var d=document,r=d.documentElement,k='tw-theme',"
    "t=null;\n"
    "try{t=localStorage.getItem(k)}catch(e){}\n"
    "if(t)r.setAttribute('data-theme',t);\n"
    "function dark(){var s=r.getAttribute('data-theme');"
    "return s?s==='dark':matchMedia('(prefers-color-scheme:dark)').matches}\n"
    "function ready(){\n"
    "var b=d.querySelector('[data-switch]');\n"
    "if(b){b.hidden=false;b.textContent=dark()?'Light':'Dark';"
    "b.addEventListener('click',function(){var n=dark()?'light':'dark';"
    "r.setAttribute('data-theme',n);b.textContent=dark()?'Light':'Dark';"
    "try{localStorage.setItem(k,n)}catch(e){}})}\n"
    "d.addEventListener('keydown',function(e){if(e.key==='Escape')"
    "d.querySelectorAll('nav.top details[open]').forEach(function(x){"
    "x.open=false;x.querySelector('summary').focus()})});\n"
    "var u=d.querySelector('[data-reload]');\n"
    "if(u){var box=u.querySelector('input');u.hidden=false;"
    "setInterval(function(){if(box.checked)location.reload()},15000)}\n"
    "d.querySelectorAll('.chart').forEach(function(c){"
    "var f=+c.dataset.from,e=+c.dataset.to,"
    "o=c.dataset.offset.split(' ').map(Number),"
    "rows=[],tb=c.parentNode.querySelectorAll('[data-at]');\n"
    "tb.forEach(function(x){rows.push([+x.dataset.at,x.dataset.v])});\n"
    "if(!rows.length)return;\n"
    "var p=c.querySelector('.plot'),s=d.createElement('div'),"
    "x=d.createElement('div');s.className='read';x.className='cross';\n"
    "s.setAttribute('aria-hidden','true');\n"
    "c.addEventListener('mousemove',function(ev){"
    "var q=p.getBoundingClientRect(),g=c.getBoundingClientRect(),"
    "z=(ev.clientX-q.left)/q.width;if(z<0||z>1)return;\n"
    "var at=f+z*(e-f),i=0,k=0;while(at>=o[k+1])k+=2;"
    "while(i+1<rows.length&&rows[i+1][0]<=at)i++;\n"
    "var m=new Date(at+o[k]*1000);s.textContent=m.toISOString().slice(11,16)"
    "+'  '+rows[i][1];x.style.left=(ev.clientX-g.left)+'px';"
    "c.appendChild(s);c.appendChild(x)});\n"
    "c.addEventListener('mouseleave',function(){s.remove();x.remove()})});\n"
    "}\n"
    "if(d.readyState==='loading')d.addEventListener('DOMContentLoaded',ready);"
    "else ready();\n"
    "})();\n";

/* Of the script as it stands in a page alone: tests/cli/hostile.t holds it. */
#define SCRIPT_HASH "sha256-mz1cKu3ENC5xDC/yFZCUILculWkYaZH6ZTaqnyXcfYw="

/*
 * Appends what the page may do: our style and our script, nothing from elsewhere,
 * should a stranger's text ever get out of its place. Positions in charts are
 * style attributes.
 */
static void
policy(struct buf *b, const struct page *p)
{
	buf_lit(b,
	    "<meta http-equiv=\"Content-Security-Policy\" content=\""
	    "default-src 'none';img-src data:;base-uri 'none';"
	    "form-action 'none';style-src 'unsafe-inline'");
	if (p->root != NULL)
		buf_lit(b, " 'self';script-src 'self'");
	else if (p->script)
		buf_lit(b, ";script-src '" SCRIPT_HASH "'");
	buf_lit(b, "\">\n");
}

static void
nav(struct buf *b, const struct page *p)
{
	buf_lit(b, "<nav class=\"top\" aria-label=\"Site\">");
	if (p->root != NULL) {
		buf_printf(b,
		    "<a href=\"%sindex.html\"><b>Overview</b></a>"
		    "<a href=\"%slive.html\">Live</a>",
		    p->root, p->root);
		if (p->latest != NULL)
			buf_printf(b,
			    "<a href=\"%sweek/%s.html\">Newest week</a>",
			    p->root, p->latest);
		buf_str(b, p->channels);
		buf_str(b, p->weeks);
	}
	buf_lit(b,
	    "<span class=\"grow\"></span><button type=\"button\" data-switch "
	    "hidden>Dark</button></nav>\n");
}

void
page_begin(struct buf *b, const struct page *p, struct str title)
{
	buf_lit(b,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n");
	policy(b, p);
	buf_lit(b,
	    "<meta name=\"viewport\" "
	    "content=\"width=device-width,initial-scale=1\">\n"
	    "<link rel=\"icon\" href=\"data:,\">\n<title>");
	html_text(b, title);
	buf_lit(b, "</title>\n");
	if (p->root != NULL)
		buf_printf(b,
		    "<link rel=\"stylesheet\" href=\"%sstyle.css\">\n"
		    "<script src=\"%sscript.js\"></script>\n",
		    p->root, p->root);
	else
		buf_printf(b, "<style>\n%s</style>\n", page_style);
	buf_lit(b,
	    "</head>\n<body>\n<a class=\"skip\" href=\"#main\">"
	    "To the content</a>\n");
	nav(b, p);
	buf_lit(b, "<main id=\"main\">\n");
}

void
page_end(struct buf *b, const struct page *p)
{
	buf_lit(b, "</main>\n");
	if (p->root == NULL && p->script)
		buf_printf(b, "<script>\n%s</script>\n", page_script);
	buf_lit(b, "</body>\n</html>\n");
}

void
page_file(struct buf *b, struct str name)
{
	size_t begin = b->len, n = name.len < 64 ? name.len : 64;
	bool same = name.len == n && n > 0;

	for (size_t i = 0; i < n; i++) {
		char c = name.p[i];
		bool fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		    c == '_' || c == '-';

		same &= fine;
		buf_byte(b, fine ? c : '_');
	}
	if (!same || b->len == begin)
		buf_printf(
		    b, "-%016llx", (unsigned long long)hash_str(name, 0));
}
