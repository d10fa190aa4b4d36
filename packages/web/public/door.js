import { setHidden, setText } from './draw.js';

/**
 * Logging in and out, and making the first admin. `onChange` is called when somebody has come in or gone;
 * `words` gives the texts of the reader's language each time.
 */
export function createDoor(nodes, { words, ask, onChange }) {
  const { card, form, title, code, name, password, send, problem, who, enter, leave } = nodes;
  /** What the server says of whoever looks at the page; null before it has said anything. */
  let me = null;
  /** Whether the first admin is being made rather than somebody logging in. */
  let isSetup = false;
  let isOpen = false;

  const draw = () => {
    const texts = words();
    setHidden(card, !isOpen);
    setText(title, isSetup ? texts.setupTitle : texts.loginTitle);
    setText(send, isSetup ? texts.setupSend : texts.loginSend);
    setHidden(code.parentElement, !isSetup);
    code.required = isSetup;
    password.autocomplete = isSetup ? 'new-password' : 'current-password';
    password.minLength = isSetup ? 12 : 0;
    const user = me?.user ?? null;
    setText(who, user === null ? '' : texts.loggedInAs(user.displayName || user.name, texts.role[user.role]));
    setHidden(who, user === null);
    setHidden(leave, user === null);
    setText(leave, texts.logout);
    setHidden(enter, user !== null || isOpen || me === null);
    setText(enter, me?.setupNeeded ? texts.setup : texts.login);
  };

  const look = async () => {
    me = await ask('GET', '/v1/auth/me');
    if (me.user !== null) isOpen = false;
    draw();
  };

  const open = () => {
    isSetup = me?.setupNeeded === true;
    isOpen = true;
    setText(problem, '');
    draw();
    (isSetup ? code : name).focus();
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send.disabled = true;
    setText(problem, '');
    const shown = { name: name.value, password: password.value };
    const asked = isSetup
      ? ask('POST', '/v1/auth/setup', { code: code.value.trim(), ...shown })
      : ask('POST', '/v1/auth/login', shown);
    asked
      .then(async () => {
        form.reset();
        await look();
        onChange();
      })
      .catch((error) => setText(problem, error.texts?.[words().code] ?? words().unreachable))
      .finally(() => {
        password.value = '';
        send.disabled = false;
      });
  });
  enter.addEventListener('click', open);
  leave.addEventListener('click', () => {
    ask('POST', '/v1/auth/logout', {})
      .then(look)
      .catch(() => {})
      .finally(onChange);
  });

  return {
    draw,
    look,
    /** The server wants to know who asks. */
    require() {
      if (isOpen) return;
      if (me === null) void look().then(open, () => {});
      else open();
    },
    isOpen: () => isOpen,
  };
}
