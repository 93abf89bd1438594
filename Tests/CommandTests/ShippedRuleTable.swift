/// What the commands of each shipped rule read.
extension ShippedRuleTests {
  private static let kubernetes: [Input] = [
    .file("~/.kube/config"), .variable("KUBECONFIG"), .variable("HTTPS_PROXY"), .ttl(atMost: 120),
  ]
  private static let charts: [Input] = [
    .file("~/.config/helm/repositories.yaml"), .file("~/.cache/helm/repository/stable-index.yaml"),
    .variable("HELM_REPOSITORY_CONFIG"), .ttl(atMost: 120),
  ]
  private static let aws: [Input] = [
    .file("~/.aws/config"), .file("~/.aws/credentials"), .variable("AWS_PROFILE"),
    .variable("AWS_REGION"), .variable("AWS_ACCESS_KEY_ID"), .ttl(atMost: 600),
  ]
  private static let gcloud: [Input] = [
    .file("~/.config/gcloud/active_config"),
    .file("~/.config/gcloud/configurations/config_work"),
    .variable("CLOUDSDK_ACTIVE_CONFIG_NAME"), .ttl(atMost: 120),
  ]
  private static let azure: [Input] = [
    .file("~/.azure/azureProfile.json"), .file("~/.azure/config"),
    .variable("AZURE_CONFIG_DIR"), .ttl(atMost: 120),
  ]
  private static let github: [Input] = [
    .file("~/.config/gh/hosts.yml"), .file("~/.config/gh/config.yml"), .file(".git/config"),
    .variable("GH_HOST"),
    .variable("GH_TOKEN"), .ttl(atMost: 120),
  ]
  private static let apt: [Input] = [
    .file("var/lib/dpkg/status"), .file("var/lib/apt/lists/index"), .file("etc/apt/preferences"),
    .file("etc/apt/sources.list.d/x.sources"), .variable("LANG"),
  ]
  private static let dpkg: [Input] = [
    .file("var/lib/dpkg/status"), .file("var/lib/dpkg/diversions"), .variable("COLUMNS"),
  ]
  private static let pip: [Input] = [
    .file("usr/local/lib/python3.11/dist-packages/x.dist-info/METADATA"),
    .file("~/.local/lib/python3.11/site-packages/x.egg-link"), .variable("VIRTUAL_ENV"),
    .ttl(atMost: 60),
  ]
  private static let npmrc: [Input] = [
    .file(".npmrc"), .file("~/.npmrc"), .variable("npm_config_registry"), .ttl(atMost: 600),
  ]
  private static let modules: [Input] = [
    .file("package.json"), .file("package-lock.json"), .file("node_modules/.package-lock.json"),
    .variable("NODE_ENV"), .ttl(atMost: 60),
  ]
  private static let names: [Input] = [
    .file("etc/resolv.conf"), .file("etc/hosts"), .variable("LOCALDOMAIN"), .ttl(atMost: 300),
  ]
  private static let wget: [Input] = [
    .file("~/.wgetrc"), .file("~/.netrc"), .variable("https_proxy"), .ttl(atMost: 300),
  ]
  private static let git: [Input] = [
    .git("git commit -q --allow-empty -m new"), .git("git tag -f new > /dev/null"),
    .git("git checkout -q -B side-$base; git commit -q --allow-empty -m side"),
    .git("git checkout -q $base; git reset -q --hard HEAD^"),
  ]
  private static let branch: [Input] = [
    .git("git checkout -q -B other-$base"), .git("git checkout -q --detach"),
    .git("git checkout -q $base"),
  ]

  /// For each profile: what the commands of its rules read.
  static let table: [String: [String: [Input]]] = [
    "default": [:],
    "interactive": [
      "git branch --show-current": branch, "git describe **": git, "git log **": git,
      "kubectl config current-context": [.file("~/.kube/config"), .variable("KUBECONFIG")],
      "kubectl config get-contexts **": [.file("~/.kube/config"), .variable("KUBECONFIG")],
      "kubectl config view **": [.file("~/.kube/config"), .variable("KUBECONFIG")],
      "docker context show": [.file("~/.docker/config.json"), .variable("DOCKER_CONTEXT")],
      "gcloud config get-value *": [
        .file("~/.config/gcloud/active_config"),
        .file("~/.config/gcloud/configurations/config_default"), .variable("CLOUDSDK_CORE_PROJECT"),
      ],
      "gcloud config list **": [.file("~/.config/gcloud/configurations/config_default")],
      "terraform workspace show": [.file(".terraform/environment"), .variable("TF_WORKSPACE")],
      "kubectl completion *": [.program], "helm completion *": [.program],
      "gh completion *": [.program], "docker completion *": [.program],
      "* --help": [.program, .variable("COLUMNS"), .variable("TERM"), .ttl(atMost: 310)],
      "* --version": [
        .program, .file(".python-version"), .file(".tool-versions"), .variable("PYENV_VERSION"),
        .ttl(atMost: 20),
      ],
    ],
    "ci": [
      "git branch --show-current": branch, "git rev-parse **": git, "git rev-list **": git,
      "git merge-base **": git, "git describe **": git, "git log **": git,
    ],
    "kubernetes": [
      ["get **", "describe **"].flatMap { verb in
        [
          "", "-n * ", "--namespace * ", "--context * ", "--cluster * ", "--kubeconfig * ",
          "--*=* ",
        ]
        .map { "kubectl \($0)\(verb)" }
      },
      ["top **", "version **", "cluster-info", "explain **", "api-resources **", "api-versions **"]
        .map { "kubectl \($0)" },
      ["list **", "ls **", "status **", "history **"].map { "helm \($0)" },
    ].joined().reduce(into: ["helm search **": charts]) { $0[$1] = kubernetes },
    "cloud": cloud,
    "github": [
      "pr list", "pr view", "pr checks", "pr diff", "issue list", "issue view", "issue status",
      "repo list", "repo view", "release list", "release view", "run list", "run view",
      "workflow list", "workflow view", "label list", "gist list", "search", "api",
    ].reduce(into: [:]) { $0["gh \($1) **"] = github },
    "packages": packages,
    "network": [
      "dig **": names, "host * **": names, "nslookup * **": names,
      "getent hosts **": names,
      "whois * **": [.file("etc/whois.conf"), .variable("WHOIS_SERVER"), .ttl(atMost: 3600)],
      "curl **": [
        .file("~/.curlrc"), .file("~/.config/curlrc"), .file("~/.netrc"), .variable("CURL_HOME"),
        .variable("https_proxy"), .ttl(atMost: 300),
      ],
      "wget -qO- *": wget, "wget -O- *": wget, "wget -q -O - *": wget,
    ],
  ]

  private static let cloud: [String: [Input]] = {
    var rules: [String: [Input]] = [:]
    for verb in ["describe-*", "list-*"] {
      for option in ["", "--profile * ", "--region * ", "--output * "] {
        rules["aws \(option)* \(verb) **"] = aws
      }
    }
    for words in ["iam get-*", "sts get-caller-identity", "s3 ls", "configure list"] {
      rules["aws \(words) **"] = aws
    }
    let groups = [
      "compute instances", "compute disks", "compute images", "compute zones", "compute regions",
      "compute networks", "container clusters", "sql instances", "run services", "run jobs",
      "functions", "projects", "dns managed-zones", "dns record-sets", "iam service-accounts",
      "pubsub topics", "pubsub subscriptions",
    ]
    for group in groups {
      for verb in ["list", "describe"] { rules["gcloud \(group) \(verb) **"] = gcloud }
    }
    rules["gcloud storage ls **"] = gcloud
    for verb in ["list", "show"] {
      for group in ["*", "network *"] { rules["az \(group) \(verb) **"] = azure }
    }
    return rules
  }()

  private static let packages: [String: [Input]] = {
    var rules: [String: [Input]] = [:]
    for verb in ["list", "search", "show", "policy"] { rules["apt \(verb) **"] = apt }
    for verb in ["search", "show", "policy", "madison", "depends", "rdepends"] {
      rules["apt-cache \(verb) **"] = apt
    }
    for words in ["dpkg -l", "dpkg -L", "dpkg -s", "dpkg-query"] { rules["\(words) **"] = dpkg }
    for verb in ["list", "show", "freeze", "check"] { rules["pip* \(verb) **"] = pip }
    rules["pip* index versions **"] = [
      .file("~/.config/pip/pip.conf"), .variable("PIP_INDEX_URL"), .ttl(atMost: 600),
    ]
    for verb in ["view", "info", "show", "search"] { rules["npm \(verb) **"] = npmrc }
    for verb in ["ls", "list", "outdated"] { rules["npm \(verb) **"] = modules }
    return rules
  }()
}
