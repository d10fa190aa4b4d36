/** Texts that would show a dialog, fetch something or make an element where they become markup. */
const MARKUP = [
  '<script>alert("MARK")</script>',
  '<img src=x onerror=alert("MARK")>',
  '"><svg onload=alert("MARK")>',
  "' onmouseover='alert(1)' MARK='",
  '<iframe srcdoc="<script>parent.alert(1)</script>">MARK</iframe>',
  '</title></textarea></style><script>alert("MARK")</script>',
  '<a href="javascript:alert(1)">MARK</a>',
  '<style>body{display:none}</style>MARK',
  '<details open ontoggle=alert("MARK")>',
  '<math><mi//xlink:href="data:x,<script>alert(1)</script>">MARK',
  '<object data="data:text/html,<script>alert(1)</script>">MARK',
  '<base href="https://example.com/">MARK',
  '<meta http-equiv="refresh" content="0;url=data:text/html,MARK">',
  '&lt;img src=x onerror=alert(&quot;MARK&quot;)&gt;',
  '&#60;script&#62;alert("MARK")&#60;/script&#62;',
  '<!--MARK--><![CDATA[<script>alert(1)</script>]]>',
  '{{constructor.constructor("alert(1)")()}}MARK',
  '${alert("MARK")}',
  '{"__proto__":{"innerHTML":"<img src=x onerror=alert(1)>"}}MARK',
  '\u202e<script>alert("MARK")</script>',
  'javascript:alert("MARK")',
];

/** Each with its number in it, so that one that has been shown can be told. */
export const HOSTILE_MARKUP: readonly string[] = MARKUP.map((text, at) =>
  text.replaceAll('MARK', `h7x${at}`),
);

/** All of them in one text. */
export const ALL_MARKUP = HOSTILE_MARKUP.join(' ');
