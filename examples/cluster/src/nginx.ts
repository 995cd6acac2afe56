import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Child, startProgram } from "./child";

const temporaries = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];

/** Any request may go to any node: nodes keep nothing of a client that another would need. */
const configuration = ({ directory, port, nodes }: { directory: string; port: number; nodes: readonly URL[] }) => `
${process.getuid?.() === 0 ? "user root;" : ""}
daemon off;
worker_processes 1;
pid ${join(directory, "nginx.pid")};
error_log stderr notice;
events { worker_connections 1024; }
http {
  access_log off;
  ${temporaries.map((name) => `${name}_temp_path ${join(directory, name)};`).join("\n  ")}
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  upstream onhand {
    ${nodes.map(({ host }) => `server ${host} max_fails=1 fail_timeout=1s;`).join("\n    ")}
    keepalive 16;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://onhand;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_connect_timeout 1s;
      proxy_read_timeout 1h;
      proxy_buffering off;
      add_header X-Served-By $upstream_addr always;
    }
  }
}
`;

/** Starts nginx before the nodes. */
export async function startNginx(directory: string, port: number, nodes: readonly string[]): Promise<Child> {
  const file = join(directory, "nginx.conf");
  await writeFile(file, configuration({ directory, port, nodes: nodes.map((url) => new URL(url)) }));
  return startProgram(["nginx", "-p", directory, "-e", "stderr", "-c", file], {
    directory,
    stopSignal: "SIGQUIT",
    isReady: (line) => line.includes("start worker process "),
  });
}
