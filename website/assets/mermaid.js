/** Loads Mermaid from the site when a page has a diagram. Without it, the theme would load Mermaid from another host. */
{
  const library = new URL("mermaid.tiny.js", document.currentScript.src).href;
  let config = {};
  let loading;

  const load = () =>
    (loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = library;
      script.onerror = reject;
      script.onload = () => {
        window.mermaid.initialize(config);
        resolve(window.mermaid);
      };
      document.head.append(script);
    }));

  window.mermaid = {
    initialize: (settings) => void (config = settings),
    render: async (...diagram) => (await load()).render(...diagram),
  };
}
